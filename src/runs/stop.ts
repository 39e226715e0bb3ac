import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatName } from '../components/format';
import type { Run } from '../services/models';

/**
 * Asks whether a run is to be stopped, where something is lost by that.
 *
 * What a stopped run has counted is kept, and it can be resumed; not so one of
 * which only its notebook has the code.
 */
export async function confirmStop(
  { code_kept: isResumable, name }: Pick<Run, 'code_kept' | 'name'>,
  trans: TranslationBundle
): Promise<boolean> {
  if (isResumable) {
    return true;
  }
  const { button } = await showDialog({
    title: trans.__('Stop Run'),
    body: trans.__(
      'Stop "%1"? Its partial result is kept, but a run of a notebook cannot be resumed: its cell would have to be run again from the start.',
      formatName(name)
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Go On') }),
      Dialog.warnButton({ label: trans.__('Stop') })
    ],
    defaultButton: 0
  });
  return button.accept;
}
