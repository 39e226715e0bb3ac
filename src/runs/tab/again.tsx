import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import * as React from 'react';
import { CommandIDs } from '../../commands';
import type { Run } from '../../services/models';

/** The application's commands, where a tab has them. */
export const CommandsContext = React.createContext<CommandRegistry | null>(
  null
);

/** What gives a run again; null is a line between. */
const ITEMS: readonly (string | null)[] = [
  CommandIDs.rerun,
  CommandIDs.rerunChanged,
  null,
  CommandIDs.copyCode,
  CommandIDs.copyCommand
];

interface IAgainProps {
  readonly run: Run;
  readonly trans: TranslationBundle;
}

/** A button with a menu of what gives the same run again. */
export function Again({ run, trans }: IAgainProps): JSX.Element | null {
  const commands = React.useContext(CommandsContext);
  const button = React.useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = React.useState(false);
  if (!commands || !run.code_kept) {
    return null;
  }
  const open = () => {
    const menu = new Menu({ commands });
    for (const command of ITEMS) {
      if (command === null) {
        menu.addItem({ type: 'separator' });
      } else if (commands.hasCommand(command)) {
        menu.addItem({ command, args: { run: run.id } });
      }
    }
    menu.aboutToClose.connect(() => {
      setIsOpen(false);
      button.current?.focus();
      // The menu goes on to act on what was chosen.
      window.setTimeout(() => menu.dispose(), 0);
    });
    const { bottom, right } = button.current?.getBoundingClientRect() ?? {
      bottom: 0,
      right: 0
    };
    setIsOpen(true);
    menu.open(right, bottom, { horizontalAlignment: 'right' });
  };
  return (
    <button
      type="button"
      ref={button}
      className="casa-TextButton"
      title={trans.__('Run it again, as it was or with changes; or copy it')}
      aria-haspopup="menu"
      aria-expanded={isOpen}
      onClick={open}
    >
      <span>{trans.__('Run Again')}</span>
      <caretDownIcon.react tag={null} width="16px" height="16px" />
    </button>
  );
}
