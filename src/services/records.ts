import { JSONExt, type ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** What every record that the server keeps has. */
export interface IRecord {
  readonly id: string;

  /** When it was made, in seconds since the epoch. */
  readonly created: number;

  /** When its owner last wrote it, in seconds since the epoch. */
  readonly updated: number;
}

/** Whether a record comes after another one in the order that lists have. */
export function isOlder(
  a: Pick<IRecord, 'id' | 'created'>,
  b: Pick<IRecord, 'id' | 'created'>
): boolean {
  return a.created < b.created || (a.created === b.created && a.id < b.id);
}

/**
 * Records by id, newest first, from two streams that may overtake each other:
 * single records as the server announces them, and whole lists that were asked
 * for some time ago.
 *
 * The methods that change it return whether anything a user could see changed;
 * the time of the last heartbeat (`updated`) is not such a thing.
 */
export class Records<T extends IRecord> {
  /** All records, newest first. The same array as long as nothing changes. */
  get all(): readonly T[] {
    this._sorted ??= [...this._byId.values()]
      .map(each => each.record)
      .sort((a, b) => (isOlder(a, b) ? 1 : -1));
    return this._sorted;
  }

  get(id: string): T | undefined {
    return this._byId.get(id)?.record;
  }

  /** Call when a list is asked for, and give the result to `replace`. */
  mark(): number {
    return this._clock;
  }

  /** Takes in one announced record, unless a later one is known. */
  put(record: T): boolean {
    const known = this._byId.get(record.id);
    if (known && known.updated > record.updated) {
      return false;
    }
    this._announced.set(record.id, ++this._clock);
    return this._set(record);
  }

  /** Takes in that a record is no more. */
  remove(id: string): boolean {
    this._announced.set(id, ++this._clock);
    return this._delete(id);
  }

  /**
   * Takes in a list of all records, or of the newest.
   *
   * @param records - The list.
   * @param mark - The mark made when it was asked for: what was announced since
   *   then is newer than the list.
   * @param isWhole - Whether there are no other records than those of the list;
   *   otherwise what is older than all of them stays.
   */
  replace(records: readonly T[], mark: number, isWhole = true): boolean {
    for (const [id, time] of this._announced) {
      if (time <= mark) {
        this._announced.delete(id);
      }
    }
    const kept = new Set(this._announced.keys());
    let changed = false;
    for (const record of records) {
      if (!kept.has(record.id)) {
        kept.add(record.id);
        changed = this._set(record) || changed;
      }
    }
    const oldest =
      isWhole || records.length === 0 ? null : records[records.length - 1];
    for (const [id, { record }] of [...this._byId]) {
      if (!kept.has(id) && !(oldest && isOlder(record, oldest))) {
        changed = this._delete(id) || changed;
      }
    }
    return changed;
  }

  private _set(record: T): boolean {
    const known = this._byId.get(record.id);
    if (known && Private.looksSame(known.record, record)) {
      known.updated = record.updated;
      return false;
    }
    this._byId.set(record.id, { record, updated: record.updated });
    this._sorted = null;
    return true;
  }

  private _delete(id: string): boolean {
    const existed = this._byId.delete(id);
    if (existed) {
      this._sorted = null;
    }
    return existed;
  }

  private _byId = new Map<string, { record: T; updated: number }>();
  private _sorted: readonly T[] | null = null;
  private _clock = 0;

  /** When records were last announced since the last list was asked for. */
  private _announced = new Map<string, number>();
}

namespace Private {
  export function looksSame<T extends IRecord>(a: T, b: T): boolean {
    return JSONExt.deepEqual(withoutTime(a), withoutTime(b));
  }

  function withoutTime(record: IRecord): ReadonlyPartialJSONObject {
    return { ...record, updated: 0 };
  }
}
