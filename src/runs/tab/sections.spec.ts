import { StateDB } from '@jupyterlab/statedb';
import { Sections } from './sections';

describe('Sections', () => {
  it('are as they are by default until the user decides', () => {
    const sections = new Sections();
    expect(sections.isOpen('log', false)).toBe(false);
    expect(sections.isOpen('files', true)).toBe(true);
    const changed = jest.fn();
    sections.changed.connect(changed);
    sections.setOpen('log', true);
    sections.setOpen('log', true);
    expect(sections.isOpen('log', false)).toBe(true);
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('are remembered', async () => {
    const state = new StateDB();
    new Sections({ state }).setOpen('files', false);
    const later = new Sections({ state });
    await new Promise<void>(resolve => {
      later.changed.connect(() => resolve());
    });
    expect(later.isOpen('files', true)).toBe(false);
    expect(later.isOpen('log', false)).toBe(false);
  });

  it('are not confused by what else may be kept there', async () => {
    const state = new StateDB();
    await state.save('casa-lab:run-tab-sections', { files: 'maybe' });
    const sections = new Sections({ state });
    await new Promise<void>(resolve => {
      sections.changed.connect(() => resolve());
    });
    expect(sections.isOpen('files', true)).toBe(true);
  });
});
