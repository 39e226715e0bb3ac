import { LabIcon } from '@jupyterlab/ui-components';
import archiveSvg from '../style/icons/archive.svg';
import casaSvg from '../style/icons/casa.svg';
import compareSvg from '../style/icons/compare.svg';
import pinSvg from '../style/icons/pin.svg';
import unarchiveSvg from '../style/icons/unarchive.svg';

/** Casa's mark: a histogram under a roof. */
export const casaIcon = new LabIcon({ name: 'casa-lab:casa', svgstr: casaSvg });

/** Puts something away without throwing it away. */
export const archiveIcon = new LabIcon({
  name: 'casa-lab:archive',
  svgstr: archiveSvg
});

/** Takes something out of the archive. */
export const unarchiveIcon = new LabIcon({
  name: 'casa-lab:unarchive',
  svgstr: unarchiveSvg
});

/** Holds two things against each other. */
export const compareIcon = new LabIcon({
  name: 'casa-lab:compare',
  svgstr: compareSvg
});

/** Keeps something at hand. */
export const pinIcon = new LabIcon({ name: 'casa-lab:pin', svgstr: pinSvg });
