import {
  expect,
  type Locator,
  type Page,
  type TestInfo
} from '@playwright/test';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** Style of a picture that is to show Casa and nothing over it. */
export const WITHOUT_NOTICES = '.Toastify { display: none }';

/** JupyterLab with Casa, as a user sees it. */
export class Casa {
  constructor(
    readonly page: Page,
    private readonly _info: TestInfo
  ) {
    this.sidebar = page.locator('#casa-sidebar');
    this.dialog = page.locator('.jp-Dialog');
    this.runTab = page.locator('.casa-RunTab:visible');
  }

  readonly sidebar: Locator;
  readonly dialog: Locator;

  /** The Run tab in front. */
  readonly runTab: Locator;

  /** Open JupyterLab without the tabs of earlier stories. */
  async openAnew(address: string): Promise<void> {
    await this.open(`${address}&reset`);
  }

  /** Open JupyterLab at an address, and wait until the sidebar has its lists. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.ready();
    // It opens after everything else, in front.
    await expect(
      this.page.getByRole('tab', { name: 'tutorial.ipynb' })
    ).toHaveAttribute('aria-selected', 'true', { timeout: 30_000 });
  }

  /** Wait until JupyterLab shows Casa. */
  async ready(): Promise<void> {
    await expect(this.sidebar).toBeVisible({ timeout: 60_000 });
    await expect(this.dataset('DYJetsToLL')).toBeVisible({ timeout: 30_000 });
  }

  dataset(name: string): Locator {
    return this.sidebar.locator(`[data-dataset="${name}"]`);
  }

  /** The cluster that runs. */
  get cluster(): Locator {
    return this.sidebar.locator('[data-cluster][data-state="running"]').first();
  }

  /** Drag something from the sidebar onto the first cell of a notebook. */
  async dragInto(notebook: Locator, what: Locator): Promise<void> {
    const { mouse } = this.page;
    const cell = notebook.locator('.jp-Notebook-cell').first();
    const from = await what.boundingBox();
    const to = await cell.boundingBox();
    if (!from || !to) {
      throw new Error('What is dragged, or the notebook, is not in view.');
    }
    const start = from.x + Math.min(60, from.width / 2);
    await mouse.move(start, from.y + 8);
    await mouse.down();
    await mouse.move(start + 30, from.y + 20, { steps: 5 });
    // What is dragged may have to come from the server first.
    await expect(this.page.locator('.casa-DragImage')).toBeVisible();
    await mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 15 });
    await mouse.up();
  }

  /** The newest run in the sidebar. */
  get newestRun(): Locator {
    return this.sidebar.locator('[data-run]').first();
  }

  /** Click *New run*, choose, and launch; returns the id of the run. */
  async launch(processor: string, datasets: string[]): Promise<string> {
    const before = await this._runIds();
    await this.fillNewRun(processor, datasets);
    await this.dialog.getByRole('button', { name: 'Launch' }).click();
    await expect(this.dialog).toBeHidden();
    const fresh = async () =>
      (await this._runIds()).find(id => !before.includes(id)) ?? '';
    await expect.poll(fresh, { timeout: 30_000 }).not.toBe('');
    return fresh();
  }

  /** Open the dialog of a new run and make the choices. */
  async fillNewRun(processor: string, datasets: string[]): Promise<void> {
    await this.sidebar
      .locator('.lm-AccordionPanel-title, .jp-AccordionPanel-title')
      .filter({ hasText: 'Runs' })
      .getByRole('button', { name: 'New Run' })
      .click();
    await this.dialog
      .getByRole('combobox', { name: 'Processor' })
      .fill(processor);
    await this.dialog
      .getByRole('option')
      .filter({ hasText: processor })
      .first()
      .click();
    await this.tick(datasets);
  }

  /** Tick datasets in the dialog of a new run. */
  async tick(datasets: string[]): Promise<void> {
    for (const name of datasets) {
      await this.dialog
        .locator('.casa-Tick')
        .filter({ has: this.page.locator(`[title="${name}"]`) })
        .click();
    }
  }

  /** Choose from the menu of the Run tab in front that gives the run again. */
  async again(label: string): Promise<void> {
    await this.runTab.getByRole('button', { name: 'Again' }).click();
    await this.page.getByRole('menuitem', { name: label, exact: true }).click();
  }

  /** Wait until the run in front is in a state. */
  async waitForState(state: string, timeout = 180_000): Promise<void> {
    await expect(this.runTab.locator('.casa-RunTab-badge')).toHaveText(state, {
      timeout
    });
  }

  /** Wait until the first histogram is drawn. */
  async waitForHistogram(timeout = 180_000): Promise<void> {
    await expect(
      this.runTab.locator('.casa-RunTab-selected .casa-Plot svg path').first()
    ).toBeVisible({ timeout });
  }

  /** Wait until a histogram is drawn, which may be empty. */
  async waitForAxes(): Promise<void> {
    await expect(
      this.runTab.locator('.casa-RunTab-selected .casa-Plot svg text').first()
    ).toBeVisible({ timeout: 30_000 });
  }

  /** Start a cluster, unless one runs, and wait for its workers. */
  async startCluster(): Promise<void> {
    const living = this.sidebar.locator(
      '[data-cluster]:is([data-state="running"], [data-state="starting"])'
    );
    if ((await living.count()) === 0) {
      await this.sidebar
        .getByRole('button', { name: 'Start a cluster' })
        .click();
    }
    await expect(this.cluster).toBeVisible({ timeout: 180_000 });
  }

  /** Bring the open tab of a run to the front. */
  async showRunTab(run: string): Promise<void> {
    await this.page
      .locator(`#jp-main-dock-panel .lm-TabBar-tab[data-id="casa-run-${run}"]`)
      .click();
  }

  /** Drag the tab in front to the right, so that it stands beside the others. */
  async moveTabToRight(): Promise<void> {
    const { mouse } = this.page;
    const dock = this.page.locator('#jp-main-dock-panel');
    const tab = dock.locator('.lm-TabBar-tab.lm-mod-current').first();
    const from = await tab.boundingBox();
    const to = await dock.boundingBox();
    if (!from || !to) {
      throw new Error('The tab is not in view.');
    }
    await mouse.move(from.x + 40, from.y + from.height / 2);
    await mouse.down();
    await mouse.move(from.x + 60, from.y + 120, { steps: 5 });
    await mouse.move(to.x + to.width - 12, to.y + to.height / 2, { steps: 15 });
    await mouse.up();
    await expect(dock.locator('.lm-TabBar')).toHaveCount(2);
  }

  /** Make a notebook, and wait for its kernel. */
  async newNotebook(): Promise<Locator> {
    await this.openMenu('File', 'New', 'Notebook');
    await this.page
      .getByRole('dialog')
      .getByRole('button', { name: 'Select' })
      .click();
    const notebook = this.page.locator('.jp-NotebookPanel:visible');
    await expect(notebook.locator('.jp-Notebook-cell').first()).toBeVisible();
    // Without a word, JupyterLab does not run cells while the session is being made.
    await expect(
      notebook.locator('.jp-Notebook-ExecutionIndicator')
    ).toHaveAttribute('data-status', 'idle', { timeout: 90_000 });
    return notebook;
  }

  /** Run code in the last cell of a notebook, which gets another one then. */
  async runCell(notebook: Locator, code: string): Promise<Locator> {
    const cells = notebook.locator('.jp-Notebook-cell');
    const index = (await cells.count()) - 1;
    await cells.nth(index).locator('.cm-content').click();
    await this.page.keyboard.insertText(code);
    await this.page.keyboard.press('Shift+Enter');
    return cells.nth(index);
  }

  /** Choose an item of a submenu of the menu bar. */
  async openMenu(menu: string, submenu: string, label: string): Promise<void> {
    const item = (text: string) =>
      this.page.locator('.lm-Menu-itemLabel').getByText(text, { exact: true });
    await this.page
      .locator('.lm-MenuBar-itemLabel')
      .getByText(menu, { exact: true })
      .click();
    await item(submenu).hover();
    await item(label).click();
  }

  /** Choose JupyterLab's theme. */
  async setTheme(theme: 'Light' | 'Dark'): Promise<void> {
    await this.openMenu('Settings', 'Theme', `JupyterLab ${theme}`);
    await expect(this.page.locator('body')).toHaveAttribute(
      'data-jp-theme-light',
      String(theme === 'Light')
    );
    await expect(this.page.locator('#jupyterlab-splash')).toBeHidden();
  }

  /**
   * Take a picture into the folder `CASA_PICTURES` (default: that of the test's results).
   *
   * @param style - CSS that holds for the picture alone.
   */
  async picture(name: string, style?: string): Promise<void> {
    const folder = process.env.CASA_PICTURES ?? this._info.outputDir;
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({
      path: path.join(folder, `${name}.png`),
      style
    });
  }

  private async _runIds(): Promise<string[]> {
    return this.sidebar
      .locator('[data-run]')
      .evaluateAll(rows => rows.map(row => row.getAttribute('data-run') ?? ''));
  }
}
