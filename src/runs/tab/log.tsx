import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { IconButton, TextButton } from '../../components/button';
import { Problem } from '../../components/message';
import { useChanges } from '../../components/signals';
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
  useChanges(model.log);
  const [isShown, setShown] = React.useState(model.isLogShown);
  const { problem, value } = model.log;
  const text = value?.text ?? '';
  const toggle = (): void => {
    model.isLogShown = !isShown;
    setShown(!isShown);
  };
  return (
    <Section
      title={trans.__('Log')}
      className="casa-RunTab-log"
      actions={
        <>
          {isShown && (
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
          )}
          <TextButton onClick={toggle}>
            {isShown ? trans.__('Hide') : trans.__('Show')}
          </TextButton>
        </>
      }
    >
      {isShown && (
        <>
          {problem && <Problem message={problem} tone="warning" />}
          {value?.truncated && (
            <p className="casa-RunTab-message">
              {trans.__('Only the end of the log is shown.')}
            </p>
          )}
          <Tail text={value ? text || trans.__('The log is empty.') : '…'} />
        </>
      )}
    </Section>
  );
}

/** Text that keeps showing its end, unless the user has scrolled away from it. */
function Tail({ text }: { text: string }): JSX.Element {
  const element = React.useRef<HTMLPreElement>(null);
  const isAtEnd = React.useRef(true);
  const onScroll = ({ currentTarget }: React.UIEvent<HTMLPreElement>): void => {
    const { clientHeight, scrollHeight, scrollTop } = currentTarget;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < AT_END;
  };
  React.useLayoutEffect(() => {
    if (element.current && isAtEnd.current) {
      element.current.scrollTop = element.current.scrollHeight;
    }
  }, [text]);
  return (
    <pre ref={element} tabIndex={0} onScroll={onScroll}>
      {text}
    </pre>
  );
}
