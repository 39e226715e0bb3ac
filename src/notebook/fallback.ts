import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';

/**
 * Makes what shows an output without a type that cannot be shown, such as the
 * picture that it holds for where Casa is not; null where it holds nothing else.
 */
export function makeFallback(
  model: IRenderMime.IMimeModel,
  mimeType: string,
  rendermime: IRenderMimeRegistry
): IRenderMime.IRenderer | null {
  const others = Object.entries(model.data).filter(([key]) => key !== mimeType);
  const data = Object.fromEntries(others);
  const { metadata, trusted } = model;
  const other = rendermime.preferredMimeType(data, trusted ? 'any' : 'ensure');
  if (other === undefined) {
    return null;
  }
  const renderer = rendermime.createRenderer(other);
  renderer
    .renderModel(new MimeModel({ data, metadata, trusted }))
    .catch((error: unknown) => console.error(error));
  return renderer;
}
