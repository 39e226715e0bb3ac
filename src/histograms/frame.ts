import type {
  FrameHeader,
  FrameRow,
  Role,
  ViewProblem
} from '../services/models';

/** A row of numbers, one for each bin, with its uncertainties. */
export interface IFrameRow {
  readonly name: string;
  readonly role: Role;
  readonly values: Float64Array;

  /** Uncertainty below the value; NaN where nobody knows. */
  readonly lower: Float64Array;

  /** Uncertainty above the value; NaN where nobody knows. */
  readonly upper: Float64Array;
}

/** The numbers of a map, those of one bin of x after those of another. */
export interface IFrameMap {
  readonly edges: Float64Array;
  readonly values: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The newest contents of a view of a histogram, as drawn. */
export interface IFrame {
  readonly header: FrameHeader;

  /** Ends of the bins: one more than bins, infinite at those of flow bins. */
  readonly edges: Float64Array;
  readonly rows: readonly IFrameRow[];

  /** The rows of the panel below; empty without one. */
  readonly panel: readonly IFrameRow[];

  /** Null unless two axes are drawn. */
  readonly map: IFrameMap | null;
}

/** A message of the server that does not have the form it should have. */
export class FrameError extends Error {
  /**
   * @param message - What is wrong.
   * @param watch - The watch it belongs to, where the header still tells.
   */
  constructor(
    message: string,
    readonly watch: string | null = null
  ) {
    super(message);
    this.name = 'FrameError';
  }
}

/** Bytes of the number that gives the length of the header. */
const LENGTH_BYTES = 4;

/** Payloads begin at a multiple of this, so that they are read in place. */
const ALIGNMENT = Float64Array.BYTES_PER_ELEMENT;

/**
 * Reads a binary frame (see `casa_lab/histograms/models.py` for its layout).
 *
 * The arrays are views of the buffer and not copies; like the format, every
 * platform that runs a browser is little-endian.
 */
export function decodeFrame(buffer: ArrayBuffer): IFrame {
  const { header, payload } = readHeader(buffer);
  const arrays = readArrays(buffer, payload, header);
  const array = (name: string, length?: number): Float64Array => {
    const found = arrays.get(name);
    if (!found) {
      throw new FrameError(`The frame lacks its ${name}.`, header.watch);
    }
    if (length !== undefined && found.length !== length) {
      throw new FrameError(
        `The frame has ${found.length} ${name} and not ${length}.`,
        header.watch
      );
    }
    return found;
  };
  const edges = array('edges');
  const bins = Math.max(0, edges.length - 1);
  const rows = (described: readonly FrameRow[], prefix: string): IFrameRow[] =>
    described.map(({ name, role }, row) => {
      const numbers = (of: string): Float64Array =>
        array(prefix + of, described.length * bins).subarray(
          row * bins,
          (row + 1) * bins
        );
      return {
        name,
        role,
        values: numbers('values'),
        lower: numbers('lower'),
        upper: numbers('upper')
      };
    });
  return {
    header,
    edges,
    rows: rows(header.rows, ''),
    panel: header.panel ? rows(header.panel.rows, 'panel_') : [],
    map: header.y ? readMap(array, bins) : null
  };
}

function readMap(
  array: (name: string, length?: number) => Float64Array,
  bins: number
): IFrameMap {
  const edges = array('y_edges');
  const cells = bins * Math.max(0, edges.length - 1);
  return {
    edges,
    values: array('values', cells),
    lower: array('lower', cells),
    upper: array('upper', cells)
  };
}

/** Reads a text message of the server; null when it is of an unknown type. */
export function decodeProblem(text: string): ViewProblem | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new FrameError('The message is not JSON.');
  }
  if (!isRecord(message)) {
    throw new FrameError('The message is not an object.');
  }
  if (message.type !== 'problem') {
    return null;
  }
  if (
    typeof message.watch !== 'string' ||
    typeof message.message !== 'string'
  ) {
    throw new FrameError('The problem lacks its watch or message.');
  }
  return { type: 'problem', watch: message.watch, message: message.message };
}

function readHeader(buffer: ArrayBuffer): {
  header: FrameHeader;
  payload: number;
} {
  if (buffer.byteLength < LENGTH_BYTES) {
    throw new FrameError('The frame is shorter than the length of its header.');
  }
  const length = new DataView(buffer).getUint32(0, true);
  const payload = LENGTH_BYTES + length;
  if (payload > buffer.byteLength) {
    throw new FrameError('The frame is shorter than its header.');
  }
  let header: unknown;
  try {
    const text = new Uint8Array(buffer, LENGTH_BYTES, length);
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw new FrameError('The header of the frame is not JSON in UTF-8.');
  }
  checkHeader(header);
  if (payload % ALIGNMENT !== 0) {
    throw new FrameError(
      `The payload of the frame begins at byte ${payload}, not at a multiple of ${ALIGNMENT}.`,
      header.watch
    );
  }
  return { header, payload };
}

function checkHeader(header: unknown): asserts header is FrameHeader {
  if (!isRecord(header) || typeof header.watch !== 'string') {
    throw new FrameError('The header of the frame does not name its watch.');
  }
  const { panel } = header;
  const sound =
    typeof header.run === 'string' &&
    typeof header.histogram === 'string' &&
    typeof header.sequence === 'number' &&
    typeof header.final === 'boolean' &&
    isRecord(header.view) &&
    isAxis(header.x) &&
    (header.y === null || isAxis(header.y)) &&
    isListOf(header.rows, isRow) &&
    (panel === null || (isRecord(panel) && isListOf(panel.rows, isRow))) &&
    isListOf(header.integrals, isRow) &&
    isListOf(header.others, isRecord) &&
    isListOf(header.remarks, isString) &&
    isRecord(header.fractions) &&
    Object.values(header.fractions).every(isNumber) &&
    isListOf(header.arrays, isArrayDescription);
  if (!sound) {
    throw new FrameError(
      'The header of the frame is incomplete or has wrong types.',
      header.watch
    );
  }
}

function readArrays(
  buffer: ArrayBuffer,
  payload: number,
  header: FrameHeader
): Map<string, Float64Array> {
  const arrays = new Map<string, Float64Array>();
  let offset = payload;
  for (const { name, shape } of header.arrays) {
    const length = shape.reduce((product, extent) => product * extent, 1);
    if (offset + length * ALIGNMENT > buffer.byteLength) {
      throw new FrameError(`The frame ends within its ${name}.`, header.watch);
    }
    arrays.set(name, new Float64Array(buffer, offset, length));
    offset += length * ALIGNMENT;
  }
  if (offset !== buffer.byteLength) {
    throw new FrameError(
      `The frame has ${buffer.byteLength - offset} bytes too many.`,
      header.watch
    );
  }
  return arrays;
}

function isAxis(value: unknown): boolean {
  return (
    isRecord(value) &&
    isString(value.name) &&
    isString(value.label) &&
    isString(value.kind) &&
    isExtent(value.bins) &&
    typeof value.underflow === 'boolean' &&
    typeof value.overflow === 'boolean' &&
    typeof value.discrete === 'boolean' &&
    (value.categories === null || isListOf(value.categories, isString))
  );
}

function isRow(value: unknown): boolean {
  return isRecord(value) && isString(value.name) && isString(value.role);
}

function isArrayDescription(value: unknown): boolean {
  return (
    isRecord(value) && isString(value.name) && isListOf(value.shape, isExtent)
  );
}

function isListOf(value: unknown, check: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check);
}

function isExtent(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
