import { ReactWidget } from '@jupyterlab/apputils';
import {
  addIcon,
  CommandToolbarButton,
  type LabIcon,
  PanelWithToolbar
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

/** A section of the sidebar: a title with one command, and a React view. */
export class Section extends PanelWithToolbar {
  constructor(options: Section.IOptions) {
    super();
    this.id = `casa-section-${options.name}`;
    this.addClass('casa-Section');
    this.title.label = options.label;
    this.toolbar.node.setAttribute('aria-label', options.label);
    this.toolbar.addItem(
      'add',
      new CommandToolbarButton({
        caption: options.caption,
        commands: options.commands,
        icon: addIcon,
        id: options.command,
        label: ''
      })
    );
    for (const { caption, command, icon } of options.others ?? []) {
      this.toolbar.addItem(
        command,
        new CommandToolbarButton({
          caption,
          commands: options.commands,
          icon,
          id: command,
          label: ''
        })
      );
    }
    const body = ReactWidget.create(options.body);
    body.addClass('casa-Section-body');
    this.addWidget(body);
  }
}

export namespace Section {
  export interface IOptions {
    /** Part of the section's element id. */
    name: string;

    label: string;

    /** What the section shows. */
    body: JSX.Element;

    commands: CommandRegistry;

    /** The command that adds to the section. */
    command: string;

    /** What the command does here. */
    caption: string;

    /** Other commands of the section. */
    others?: readonly { command: string; caption: string; icon: LabIcon }[];
  }
}
