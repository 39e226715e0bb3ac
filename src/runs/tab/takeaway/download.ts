import type { IFile } from '../../../services/request';

/** Saves a file where the browser saves downloads. */
export function download({ blob, name }: IFile): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.hidden = true;
  document.body.appendChild(link);
  link.click();
  link.remove();
  // Whoever saves has taken hold of it by the time of another task.
  window.setTimeout(() => URL.revokeObjectURL(address), 0);
}
