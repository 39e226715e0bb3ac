import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { CommandIDs } from '../../commands';
import { TextButton } from '../../components/button';
import { SelectionBar } from '../../components/selectionbar';
import { useChanges } from '../../components/signals';
import { compareIcon } from '../../icons';
import { MOST_COMPARED } from '../compare/limits';
import type { RunSelection } from './selection';

interface IProps {
  readonly commands: CommandRegistry;
  readonly selection: RunSelection;
  readonly trans: TranslationBundle;
}

/** What to do with the ticked runs. */
export function RunSelectionBar(props: IProps): JSX.Element | null {
  const { commands, selection, trans } = props;
  useChanges(selection);
  const runs = selection.ids.length;
  if (runs === 0) {
    return null;
  }
  return (
    <SelectionBar onClear={() => selection.clear()} trans={trans}>
      <TextButton
        primary
        icon={compareIcon}
        disabled={runs < 2 || runs > MOST_COMPARED}
        title={hint(runs, trans)}
        onClick={() =>
          void commands.execute(CommandIDs.compareRuns, {
            runs: selection.compared
          })
        }
      >
        {runs === 1
          ? trans.__('Choose Another to Compare')
          : trans.__('Compare %1 Runs', runs)}
      </TextButton>
    </SelectionBar>
  );
}

function hint(runs: number, trans: TranslationBundle): string {
  if (runs > MOST_COMPARED) {
    return trans.__('At most %1 runs can be compared at once.', MOST_COMPARED);
  }
  return runs === 1
    ? trans.__('Tick another run, or click it with Ctrl.')
    : trans.__('Show what differs, and their histograms over each other.');
}
