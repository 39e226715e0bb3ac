import { LabIcon } from '@jupyterlab/ui-components';
import casaSvg from '../style/icons/casa.svg';

/** Casa's mark: a histogram under a roof. */
export const casaIcon = new LabIcon({ name: 'casa-lab:casa', svgstr: casaSvg });
