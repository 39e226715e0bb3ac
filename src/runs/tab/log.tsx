import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretUpIcon,
  copyIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton } from '../../components/button';
import { Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
import { findAll, split } from './logsearch';
import type { RunTabModel } from './model';
import { Section } from './section';

/** Pixels from its end within which a log counts as read to the end. */
const AT_END = 24;

interface ILogProps {
  readonly model: RunTabModel;
  readonly trans: TranslationBundle;
}

/** The end of the run's log, which is fetched while it is shown. */
export function Log({ model, trans }: ILogProps): JSX.Element {
  return (
    <Section
      id="log"
      title={trans.__('Log')}
      className="casa-RunTab-log"
      isFolded
      actions={<Actions model={model} trans={trans} />}
    >
      <Contents model={model} trans={trans} />
    </Section>
  );
}

function Actions({ model, trans }: ILogProps): JSX.Element {
  useChanges(model.log);
  const text = model.log.value?.text ?? '';
  return (
    <>
      <IconButton
        icon={refreshIcon}
        label={trans.__('Refresh the log')}
        onClick={() => model.log.refresh()}
      />
      <IconButton
        icon={copyIcon}
        label={trans.__('Copy the log')}
        disabled={!text}
        onClick={() => Clipboard.copyToSystem(text)}
      />
    </>
  );
}

function Contents({ model, trans }: ILogProps): JSX.Element {
  useChanges(model.log);
  React.useEffect(() => model.show('log'), [model]);
  const [wanted, setWanted] = React.useState('');
  const [chosen, setChosen] = React.useState(0);
  const [isFollowing, setFollowing] = React.useState(true);
  const { problem, value } = model.log;
  const text = value ? value.text || trans.__('The log is empty.') : '…';
  const places = React.useMemo(() => findAll(text, wanted), [text, wanted]);
  // The log goes on, and its beginning may have been cut off meanwhile.
  const current = Math.min(chosen, places.length - 1);
  const turn = (by: 1 | -1): void =>
    setChosen((current + by + places.length) % (places.length || 1));
  return (
    <>
      {problem && <Problem message={problem} tone="warning" />}
      <div className="casa-Log-tools">
        <input
          type="search"
          className="jp-mod-styled"
          value={wanted}
          placeholder={trans.__('Search the log')}
          aria-label={trans.__('Search the log')}
          onChange={({ target }) => {
            setWanted(target.value);
            setChosen(0);
          }}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              turn(event.shiftKey ? -1 : 1);
            }
          }}
        />
        {wanted && (
          <>
            <span className="casa-RunTab-remark" role="status">
              {places.length > 0
                ? trans.__('%1 of %2', current + 1, places.length)
                : trans.__('not found')}
            </span>
            <IconButton
              icon={caretUpIcon}
              label={trans.__('Previous match')}
              disabled={places.length === 0}
              onClick={() => turn(-1)}
            />
            <IconButton
              icon={caretDownIcon}
              label={trans.__('Next match')}
              disabled={places.length === 0}
              onClick={() => turn(1)}
            />
          </>
        )}
        <label className="casa-Log-follow">
          <input
            type="checkbox"
            checked={isFollowing}
            onChange={({ target }) => setFollowing(target.checked)}
          />
          {trans.__('Follow the end')}
        </label>
      </div>
      {value?.truncated && (
        <p className="casa-RunTab-message">
          {trans.__('Only the end of the log is shown.')}
        </p>
      )}
      <Text
        text={text}
        places={places}
        length={wanted.length}
        current={current}
        isFollowing={isFollowing && !wanted}
        onFollow={setFollowing}
      />
    </>
  );
}

interface ITextProps {
  readonly text: string;

  /** Where in the text what is searched for begins. */
  readonly places: readonly number[];

  /** How long that is. */
  readonly length: number;

  /** Number of the place that is in view. */
  readonly current: number;
  readonly isFollowing: boolean;

  /** Called when the user scrolls away from the end, or back to it. */
  readonly onFollow: (isFollowing: boolean) => void;
}

/** Text that keeps showing its end, or the place that was searched for. */
function Text(props: ITextProps): JSX.Element {
  const { current, isFollowing, length, onFollow, places, text } = props;
  const element = React.useRef<HTMLPreElement>(null);
  React.useLayoutEffect(() => {
    if (element.current && isFollowing) {
      element.current.scrollTop = element.current.scrollHeight;
    }
  }, [text, isFollowing]);
  const place = places[current];
  React.useLayoutEffect(() => {
    const { current: box } = element;
    const mark = box?.querySelector<HTMLElement>('mark[aria-current]');
    if (box && mark) {
      box.scrollTop = mark.offsetTop - box.offsetTop - box.clientHeight / 2;
    }
  }, [place, length]);
  const onScroll = ({ currentTarget }: React.UIEvent<HTMLPreElement>): void => {
    const { clientHeight, scrollHeight, scrollTop } = currentTarget;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    if (length === 0 && isAtEnd !== isFollowing) {
      onFollow(isAtEnd);
    }
  };
  const parts = React.useMemo(
    () => split(text, places, length),
    [text, places, length]
  );
  return (
    <pre ref={element} tabIndex={0} onScroll={onScroll}>
      {parts.map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <mark
            key={index}
            aria-current={(index - 1) / 2 === current ? 'true' : undefined}
          >
            {part}
          </mark>
        )
      )}
    </pre>
  );
}
