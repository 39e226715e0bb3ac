import type { ICodeCell } from '@jupyterlab/nbformat';
import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import type React from 'react';
import { casaIcon } from '../icons';

/** Notebooks take cells of this type from a drag. */
const CELLS_MIME = 'application/vnd.jupyter.cells';

/** How far the pointer moves before a press becomes a drag, in pixels. */
const THRESHOLD = 5;

/** Code on its way into a notebook. */
export interface IDraggedCode {
  code: string;

  /** What the pointer carries along. */
  label: string;
}

/**
 * Lets an element be dragged into a notebook, where it becomes a new code cell.
 *
 * @param what - Returns what is dragged, when the drag starts. While it is on
 *   its way, the drag waits; without it there is none.
 * @param isButton - Whether the element is a button, which is pressed as well.
 * @returns A handler for the element's `onPointerDown`.
 */
export function dragsCell(
  what: () => IDraggedCode | Promise<IDraggedCode>,
  isButton = false
): React.PointerEventHandler<HTMLElement> {
  return down => {
    // Fingers scroll, and buttons are for pressing.
    const pressed = isButton ? 'input, select' : 'button, input, select';
    if (
      down.button !== 0 ||
      down.pointerType === 'touch' ||
      (down.target as Element).closest(pressed)
    ) {
      return;
    }
    let isDown = true;
    let { clientX: x, clientY: y } = down;
    let isAsked = false;
    const end = () => {
      isDown = false;
      document.removeEventListener('pointermove', move, true);
      document.removeEventListener('pointerup', end, true);
      document.removeEventListener('pointercancel', end, true);
    };
    const start = (code: IDraggedCode) => {
      if (isDown) {
        end();
        startDrag(code, x, y);
      }
    };
    const move = (event: PointerEvent) => {
      x = event.clientX;
      y = event.clientY;
      const distance = Math.max(
        Math.abs(x - down.clientX),
        Math.abs(y - down.clientY)
      );
      if (distance < THRESHOLD || isAsked) {
        return;
      }
      isAsked = true;
      const found = what();
      if (found instanceof Promise) {
        found.then(start, (error: unknown) => {
          console.error('There is nothing to drag:', error);
          end();
        });
      } else {
        start(found);
      }
    };
    document.addEventListener('pointermove', move, true);
    document.addEventListener('pointerup', end, true);
    // As when the window loses the pointer: nobody holds anything then.
    document.addEventListener('pointercancel', end, true);
  };
}

function startDrag({ code, label }: IDraggedCode, x: number, y: number): void {
  const mimeData = new MimeData();
  mimeData.setData(CELLS_MIME, [codeCell(code)]);
  mimeData.setData('text/plain', code);
  const drag = new Drag({
    dragImage: dragImage(label),
    mimeData,
    proposedAction: 'copy',
    supportedActions: 'copy'
  });
  void drag.start(x, y).then(() => {
    drag.dispose();
  });
}

function codeCell(source: string): ICodeCell {
  return {
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source
  };
}

function dragImage(label: string): HTMLElement {
  const image = document.createElement('div');
  image.className = 'casa-DragImage';
  casaIcon.element({ container: image.appendChild(icon()) });
  image.appendChild(document.createTextNode(label));
  return image;
}

function icon(): HTMLElement {
  const element = document.createElement('span');
  element.className = 'casa-DragImage-icon';
  return element;
}
