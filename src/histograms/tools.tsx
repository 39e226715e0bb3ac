import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Tool } from './drags';
import { useSignal } from './hooks';
import type { HistogramModel } from './model';
import { IconButton } from '../components/button';
import {
  integrateIcon,
  panIcon,
  undoZoomIcon,
  zoomIcon,
  zoomOutIcon
} from './icons';

interface IToolsProps {
  readonly model: HistogramModel;
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly trans: TranslationBundle;
}

/** What dragging over the plot does, and the way back. */
export function PlotTools({
  model,
  onTool,
  tool,
  trans
}: IToolsProps): JSX.Element {
  useSignal(model.changed);
  const select = [
    ['select', integrateIcon, trans.__('Drag to integrate (or hold Shift)')]
  ] as const;
  const tools = [
    ['zoom', zoomIcon, trans.__('Drag to zoom')],
    // The server computes integrals.
    ...(model.isFixed ? [] : select),
    ['pan', panIcon, trans.__('Drag to move (or hold Alt)')]
  ] as const;
  return (
    <div
      className="casa-PlotTools"
      role="toolbar"
      aria-label={trans.__('Pointer on the plot')}
    >
      {tools.map(([name, icon, label]) => (
        <IconButton
          key={name}
          icon={icon}
          label={label}
          pressed={tool === name}
          onClick={() => onTool(name)}
        />
      ))}
      <IconButton
        icon={undoZoomIcon}
        label={trans.__('Undo the last zoom (Backspace)')}
        disabled={!model.canUndoZoom}
        onClick={() => model.undoZoom()}
      />
      <IconButton
        icon={zoomOutIcon}
        label={trans.__('Show the whole axis (0)')}
        disabled={!model.isZoomed}
        onClick={() => model.unzoom()}
      />
    </div>
  );
}
