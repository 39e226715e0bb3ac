import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { fileUploadIcon, SidePanel } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { AccordionPanel } from '@lumino/widgets';
import React from 'react';
import type { IClusterManager } from '../clusters/tokens';
import { ClustersView } from '../clusters/view';
import { CommandIDs } from '../commands';
import { DatasetSelection } from '../datasets/selection';
import type { IDatasetManager } from '../datasets/tokens';
import { DatasetsView } from '../datasets/view';
import { casaIcon } from '../icons';
import { RunListModel } from '../runs/history/model';
import { RunSelection } from '../runs/history/selection';
import { RunsView } from '../runs/list';
import type { IRunManager } from '../runs/tokens';
import { Section } from './section';

/** Casa's sidebar: one section for each noun. */
export class CasaPanel extends SidePanel {
  constructor(options: CasaPanel.IOptions) {
    super({ translator: options.translator });
    const { commands, clusters, datasets, runs, trans } = options;
    this._runList = new RunListModel({ runs });
    this._selection = new RunSelection(runs);
    this.id = 'casa-sidebar';
    this.addClass('casa-Sidebar');
    this.title.icon = casaIcon;
    this.title.caption = trans.__('Casa: datasets, clusters and runs');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Casa'));

    this.addWidget(
      new Section({
        name: 'datasets',
        label: trans.__('Datasets'),
        commands,
        command: CommandIDs.addSource,
        caption: trans.__('Add datasets'),
        body: (
          <DatasetsView
            commands={commands}
            manager={datasets}
            selection={new DatasetSelection(datasets)}
            trans={trans}
          />
        )
      })
    );
    this.addWidget(
      new Section({
        name: 'clusters',
        label: trans.__('Clusters'),
        commands,
        command: CommandIDs.startCluster,
        caption: trans.__('Start a cluster'),
        body: (
          <ClustersView commands={commands} manager={clusters} trans={trans} />
        )
      })
    );
    this.addWidget(
      new Section({
        name: 'runs',
        label: trans.__('Runs'),
        commands,
        command: CommandIDs.newRun,
        caption: trans.__('New run'),
        others: [
          {
            command: CommandIDs.importRun,
            caption: trans.__('Import a run'),
            icon: fileUploadIcon
          }
        ],
        body: (
          <RunsView
            commands={commands}
            manager={runs}
            model={this._runList}
            selection={this._selection}
            trans={trans}
          />
        )
      })
    );
    if (this.content instanceof AccordionPanel) {
      this.content.setRelativeSizes([8, 5, 7]);
    }
  }

  override dispose(): void {
    this._runList.dispose();
    this._selection.dispose();
    super.dispose();
  }

  private _runList: RunListModel;
  private _selection: RunSelection;
}

export namespace CasaPanel {
  export interface IOptions {
    clusters: IClusterManager;
    commands: CommandRegistry;
    datasets: IDatasetManager;
    runs: IRunManager;
    trans: TranslationBundle;
    translator?: ITranslator;
  }
}
