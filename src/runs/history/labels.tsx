import type { TranslationBundle } from '@jupyterlab/translation';
import { editIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useAction } from '../../components/action';
import { IconButton, TextButton } from '../../components/button';
import { Problem } from '../../components/message';
import type { NewLabels, Run } from '../../services/models';
import { joinTags, problemOfTags, splitTags } from '../tags';
import { Tags } from './filterbar';

interface ILabelsProps {
  readonly run: Run;
  readonly trans: TranslationBundle;
  readonly label: (labels: NewLabels) => Promise<unknown>;
}

/** The tags and the note of a run, which can be changed at any time. */
export function Labels(props: ILabelsProps): JSX.Element {
  const { run, trans } = props;
  const [isEdited, setEdited] = React.useState(false);
  const button = React.useRef<HTMLSpanElement>(null);
  const close = () => {
    setEdited(false);
    // The keyboard goes on where it came from.
    window.setTimeout(() => button.current?.querySelector('button')?.focus());
  };
  if (isEdited) {
    return <LabelForm {...props} onClose={close} />;
  }
  const caption = trans.__('Edit name, tags and note');
  const isBare = run.tags.length === 0 && !run.note && !run.archived;
  return (
    <div className="casa-Labels">
      {run.archived && (
        <span className="casa-Tag casa-mod-archived">
          {trans.__('Archived')}
        </span>
      )}
      <Tags tags={run.tags} />
      <span ref={button}>
        {isBare ? (
          <button
            type="button"
            className="casa-RunTab-link casa-Labels-add"
            onClick={() => setEdited(true)}
          >
            {caption}
          </button>
        ) : (
          <IconButton
            icon={editIcon}
            label={caption}
            onClick={() => setEdited(true)}
          />
        )}
      </span>
      {run.note && <p className="casa-Labels-note">{run.note}</p>}
    </div>
  );
}

interface IFormProps extends ILabelsProps {
  readonly onClose: () => void;
}

function LabelForm(props: IFormProps): JSX.Element {
  const { label, onClose, run, trans } = props;
  const action = useAction();
  const [name, setName] = React.useState(run.name);
  const [tags, setTags] = React.useState(joinTags(run.tags));
  const [note, setNote] = React.useState(run.note);
  const save = () =>
    action.start(async () => {
      const problem = problemOfTags(tags, trans);
      if (problem !== null) {
        throw new Error(problem);
      }
      await label({ name, tags: splitTags(tags), note });
      onClose();
    });
  return (
    <form
      className="casa-LabelForm"
      aria-label={trans.__('Name, tags and note')}
      onSubmit={event => {
        event.preventDefault();
        save();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <label>
        <span>{trans.__('Name')}</span>
        <input
          className="jp-mod-styled casa-Input"
          autoFocus
          required
          maxLength={500}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <label>
        <span>{trans.__('Tags')}</span>
        <input
          className="jp-mod-styled casa-Input"
          placeholder={trans.__('Separated by commas')}
          value={tags}
          onChange={({ target }) => setTags(target.value)}
        />
      </label>
      <label>
        <span>{trans.__('Note')}</span>
        <textarea
          className="jp-mod-styled casa-Note-input"
          rows={3}
          maxLength={10_000}
          value={note}
          onChange={({ target }) => setNote(target.value)}
        />
      </label>
      {action.problem && <Problem message={action.problem} />}
      <div className="casa-LabelForm-buttons">
        <TextButton
          primary
          disabled={action.busy || !name.trim()}
          onClick={save}
        >
          {trans.__('Save')}
        </TextButton>
        <TextButton onClick={onClose}>{trans.__('Cancel')}</TextButton>
      </div>
    </form>
  );
}
