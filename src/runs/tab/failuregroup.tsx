import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { codeIcon, notebookIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useAction } from '../../components/action';
import { TextButton } from '../../components/button';
import { CopyButton } from '../../components/copy';
import { formatExactCount } from '../../components/format';
import { Problem } from '../../components/message';
import type { FailureExample, FailureGroup } from '../../services/models';
import { failureText, groupText, kindLabel, placeText } from './failuretexts';

/** Places of a group that are listed before the user asks for more. */
const PAGE = 5;

interface IGroupProps {
  readonly group: FailureGroup;

  /** Opens code in a notebook; not given where that cannot be done. */
  readonly onOpen?: (code: string) => Promise<void>;
  readonly trans: TranslationBundle;

  /** Whether the group is open at first. */
  readonly isOpen?: boolean;

  /** Whether it is chosen; not given where there is no choice. */
  readonly isChosen?: boolean;
  readonly onChoose?: (isChosen: boolean) => void;
}

/** Failures of one cause: how many, where, and an example to look into. */
export function Group(props: IGroupProps): JSX.Element {
  const { group, isChosen, isOpen = false, onChoose, onOpen, trans } = props;
  const label = kindLabel(group.kind, trans);
  return (
    <details
      className="casa-FailureGroup"
      data-group={group.id}
      open={isOpen || undefined}
    >
      <summary>
        {onChoose && (
          <input
            type="checkbox"
            aria-label={trans.__('Choose: %1', label)}
            checked={isChosen}
            onChange={({ target }) => onChoose(target.checked)}
          />
        )}
        <span className="casa-FailureGroup-count">
          {formatExactCount(group.chunks)}
        </span>
        <span>
          <strong>{label}.</strong> {group.cause}
        </span>
      </summary>
      <div className="casa-FailureGroup-body">
        <p className="casa-Failure-where">{groupText(group, trans)}</p>
        <Example example={group.example} onOpen={onOpen} trans={trans} />
        <Places group={group} trans={trans} />
      </div>
    </details>
  );
}

interface IExampleProps {
  readonly example: FailureExample;
  readonly onOpen?: (code: string) => Promise<void>;
  readonly trans: TranslationBundle;
}

/** One failure: the user's own part of the traceback first. */
function Example({ example, onOpen, trans }: IExampleProps): JSX.Element {
  const opening = useAction();
  const { code, failure, trimmed } = example;
  const [isWhole, setWhole] = React.useState(false);
  const [isCopied, setCopied] = React.useState(false);
  const whole = failure.traceback || failure.exception;
  return (
    <>
      <pre className="casa-Failure-traceback" tabIndex={0}>
        {(isWhole ? whole : trimmed) || whole}
      </pre>
      <div className="casa-Failure-actions">
        {onOpen && (
          <TextButton
            icon={notebookIcon}
            disabled={opening.busy}
            title={trans.__(
              'Open a new notebook with Python that runs into this failure'
            )}
            onClick={() => opening.start(() => onOpen(code))}
          >
            {trans.__('Open in notebook')}
          </TextButton>
        )}
        <TextButton
          icon={codeIcon}
          title={trans.__(
            'Copy Python that runs into this failure, to paste into a notebook'
          )}
          onClick={() => {
            Clipboard.copyToSystem(code);
            setCopied(true);
          }}
        >
          {isCopied ? trans.__('Code copied') : trans.__('Copy code')}
        </TextButton>
        <CopyButton
          label={trans.__('Copy all about this failure')}
          text={() => failureText(failure)}
        />
        {trimmed !== whole && trimmed !== '' && (
          <button
            type="button"
            className="casa-RunTab-link"
            aria-pressed={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole
              ? trans.__('Show your own frames only')
              : trans.__('Show the whole traceback')}
          </button>
        )}
      </div>
      {opening.problem && <Problem message={opening.problem} />}
    </>
  );
}

interface IPlacesProps {
  readonly group: FailureGroup;
  readonly trans: TranslationBundle;
}

/** By dataset, file and host, how much failed there. */
function Places({ group, trans }: IPlacesProps): JSX.Element {
  const [isLong, setLong] = React.useState(false);
  const { places, places_total: total } = group;
  const shown = isLong ? places : places.slice(0, PAGE);
  return (
    <>
      <ul>
        {shown.map(place => (
          <li
            key={`${place.dataset} ${place.file} ${place.host}`}
            className="casa-Failure"
          >
            <div className="casa-Failure-file" title={place.file}>
              {place.file}
            </div>
            <div className="casa-Failure-where">{placeText(place, trans)}</div>
          </li>
        ))}
      </ul>
      {shown.length < places.length && (
        <button
          type="button"
          className="casa-RunTab-link"
          onClick={() => setLong(true)}
        >
          {trans.__(
            'Show more (%1 left)',
            formatExactCount(places.length - shown.length)
          )}
        </button>
      )}
      {isLong && places.length < total && (
        <p className="casa-RunTab-message">
          {trans.__(
            'The first %1 of %2 are listed; failures.jsonl has all of them.',
            formatExactCount(places.length),
            formatExactCount(total)
          )}
        </p>
      )}
    </>
  );
}
