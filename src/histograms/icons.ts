import { LabIcon } from '@jupyterlab/ui-components';

import integrateSvg from '../../style/icons/integrate.svg';
import panSvg from '../../style/icons/pan.svg';
import pinSvg from '../../style/icons/pin.svg';
import zoomOutSvg from '../../style/icons/zoom-out.svg';
import undoZoomSvg from '../../style/icons/zoom-undo.svg';
import zoomSvg from '../../style/icons/zoom.svg';

function icon(name: string, svgstr: string): LabIcon {
  return new LabIcon({ name: `casa-lab:${name}`, svgstr });
}

export const integrateIcon = icon('integrate', integrateSvg);
export const panIcon = icon('pan', panSvg);
export const pinIcon = icon('pin', pinSvg);
export const undoZoomIcon = icon('undo-zoom', undoZoomSvg);
export const zoomIcon = icon('zoom', zoomSvg);
export const zoomOutIcon = icon('zoom-out', zoomOutSvg);
