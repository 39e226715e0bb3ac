import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Token } from '@lumino/coreutils';

const PLUGIN_ID = 'casa-lab:plugin';

/** The token of the user's settings. */
export const ICasaSettings = new Token<ICasaSettings>(
  'casa-lab:ICasaSettings',
  "The user's settings of Casa."
);

/** What the user can set; see `schema/plugin.json`. */
export interface ICasaSettings {
  /** Resolves when the user's settings are loaded; until then defaults hold. */
  readonly ready: Promise<void>;

  /** Whether the sidebar shows when JupyterLab starts. */
  readonly openAtStart: boolean;

  /** Whether a launched run's tab opens. */
  readonly openRunAfterLaunch: boolean;

  /** The chunk size that the dialog of a new run proposes; null for automatic. */
  readonly chunksize: number | null;

  /** Gigabytes of columns that a new run has each worker keep; null for none. */
  readonly columnGigabytes: number | null;

  /** Whether a new run stops at its first failure, unless told otherwise. */
  readonly failFast: boolean;

  /** Which ends of runs are announced. */
  readonly notifications: 'all' | 'failures' | 'none';
}

/** Reads settings from the registry, where there is one. */
class CasaSettings implements ICasaSettings {
  constructor(registry: ISettingRegistry | null) {
    this.ready = this._load(registry);
  }

  readonly ready: Promise<void>;

  get openAtStart(): boolean {
    return this._get('openAtStart', false);
  }

  get openRunAfterLaunch(): boolean {
    return this._get('openRunAfterLaunch', true);
  }

  get chunksize(): number | null {
    return this._get<number | null>('chunksize', null);
  }

  get columnGigabytes(): number | null {
    return this._get<number | null>('columnGigabytes', null);
  }

  get failFast(): boolean {
    return this._get('failFast', false);
  }

  get notifications(): 'all' | 'failures' | 'none' {
    return this._get('notifications', 'all');
  }

  private _get<T>(name: string, otherwise: T): T {
    return (this._settings?.get(name).composite as T | undefined) ?? otherwise;
  }

  private async _load(registry: ISettingRegistry | null): Promise<void> {
    try {
      this._settings = (await registry?.load(PLUGIN_ID)) ?? null;
    } catch (error) {
      console.error('Casa uses default settings:', error);
    }
  }

  private _settings: ISettingRegistry.ISettings | null = null;
}

/** Provides the settings to the other plugins. */
export const settingsPlugin: JupyterFrontEndPlugin<ICasaSettings> = {
  id: PLUGIN_ID,
  description: "Provides the user's settings of Casa.",
  autoStart: true,
  optional: [ISettingRegistry],
  provides: ICasaSettings,
  activate: (_: JupyterFrontEnd, registry: ISettingRegistry | null) =>
    new CasaSettings(registry)
};
