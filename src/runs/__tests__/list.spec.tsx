import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { CommandIDs } from '../../commands';
import { RunListModel } from '../history/model';
import { RunSelection } from '../history/selection';
import { RunsView } from '../list';
import { FakeRuns, makeRun } from '../tab/testing';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

describe('RunsView', () => {
  const executed = jest.fn();
  let host: HTMLElement;
  let model: RunListModel;
  let root: Root;
  let runs: FakeRuns;
  let selection: RunSelection;

  const click = (selector: string, init: MouseEventInit = {}): Promise<void> =>
    act(async () => {
      const event = new MouseEvent('click', {
        bubbles: true,
        cancelable: true,
        ...init
      });
      host.querySelector(selector)?.dispatchEvent(event);
    });
  const open = (run: string) => `[data-run=${run}] .casa-Run-open`;
  const compare = () =>
    host.querySelector<HTMLButtonElement>('.casa-SelectionBar button');

  beforeEach(async () => {
    const commands = new CommandRegistry();
    for (const id of [CommandIDs.openRun, CommandIDs.compareRuns]) {
      commands.addCommand(id, {
        describedBy: { args: { type: 'object' } },
        execute: args => executed(id, args)
      });
    }
    runs = new FakeRuns(makeRun({ id: 'new', created: 3 }));
    runs.others = [
      makeRun({ id: 'middle', created: 2 }),
      makeRun({ id: 'old', created: 1 })
    ];
    model = new RunListModel({ runs, typing: 0 });
    selection = new RunSelection(runs);
    host = document.body.appendChild(document.createElement('div'));
    root = createRoot(host);
    await act(async () =>
      root.render(
        <RunsView
          commands={commands}
          manager={runs}
          model={model}
          selection={selection}
          trans={nullTranslator.load('casa-lab')}
        />
      )
    );
  });

  afterEach(async () => {
    await act(async () => root.unmount());
    host.remove();
    model.dispose();
    selection.dispose();
    executed.mockReset();
  });

  it('opens a run that is clicked', async () => {
    await click(open('middle'));
    expect(executed).toHaveBeenCalledWith(CommandIDs.openRun, {
      run: 'middle'
    });
    expect(compare()).toBeNull();
  });

  it('compares runs that are ticked, the oldest first', async () => {
    await click('[data-run=new] .casa-Run-tick');
    expect(compare()?.disabled).toBe(true);
    await click(open('old'), { ctrlKey: true });
    await click('.casa-SelectionBar button');
    expect(executed.mock.calls).toEqual([
      [CommandIDs.compareRuns, { runs: ['old', 'new'] }]
    ]);
  });

  it('compares with the reference, where it is ticked', async () => {
    runs.reference = 'middle';
    await click(open('new'), { metaKey: true });
    await click(open('old'), { shiftKey: true });
    await click('.casa-SelectionBar button');
    expect(executed).toHaveBeenCalledWith(CommandIDs.compareRuns, {
      runs: ['middle', 'old', 'new']
    });
    await click('.casa-SelectionBar button:last-child');
    expect(compare()).toBeNull();
  });
});
