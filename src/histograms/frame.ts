import type { FrameHeader, ViewProblem } from '../services/models';

/** The contents of one view of a histogram, as it came over the websocket. */
export interface IFrame {
  readonly header: FrameHeader;

  /** Edges of the bins along x: `header.x.bins + 1` numbers. */
  readonly edges: Float64Array;

  /** Sums of weights: a row per category of the stack, flow bins included. */
  readonly values: readonly Float64Array[];

  /** Variances, in the shape of the values. */
  readonly variances: readonly Float64Array[];
}

/** A message of the server that does not keep the format agreed upon. */
export class FrameError extends Error {
  /**
   * @param message - What is wrong with the frame.
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
  const edges = arrays.get('edges');
  const values = arrays.get('values');
  const variances = arrays.get('variances');
  if (!edges || !values || !variances) {
    throw new FrameError(
      'The frame lacks edges, values or variances.',
      header.watch
    );
  }
  const bins = header.x.bins;
  const flow = Number(header.x.underflow) + Number(header.x.overflow);
  if (edges.length !== bins + 1) {
    throw new FrameError(
      `The frame has ${edges.length} edges for ${bins} bins.`,
      header.watch
    );
  }
  const columns = bins + flow;
  return {
    header,
    edges,
    values: readRows(values, columns, header),
    variances: readRows(variances, columns, header)
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
  const sound =
    typeof header.run === 'string' &&
    typeof header.histogram === 'string' &&
    typeof header.sequence === 'number' &&
    typeof header.final === 'boolean' &&
    isAxis(header.x) &&
    isListOf(header.stack, isString) &&
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

function readRows(
  array: Float64Array,
  columns: number,
  header: FrameHeader
): Float64Array[] {
  const rows = header.stack.length;
  if (array.length !== rows * columns) {
    throw new FrameError(
      `The frame has ${array.length} numbers for ${rows} categories of ${columns} bins.`,
      header.watch
    );
  }
  return header.stack.map((_, row) =>
    array.subarray(row * columns, (row + 1) * columns)
  );
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
