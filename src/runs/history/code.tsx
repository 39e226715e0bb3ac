import * as React from 'react';

interface ICodeProps {
  readonly text: string;

  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** Python source, coloured as JupyterLab colours it. */
export function Code({ label, text }: ICodeProps): JSX.Element {
  const host = React.useRef<HTMLPreElement>(null);
  React.useEffect(() => {
    let isWanted = true;
    const { current } = host;
    void Private.highlight(text).then(coloured => {
      // React leaves the children alone until there is another text.
      if (isWanted && current && coloured) {
        current.replaceChildren(coloured);
      }
    });
    return () => {
      isWanted = false;
    };
  }, [text]);
  return (
    <pre
      key={text}
      ref={host}
      className="casa-Code"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      {text}
    </pre>
  );
}

namespace Private {
  /** Returns the text with its parts coloured; null where that cannot be done. */
  export async function highlight(text: string): Promise<Node | null> {
    try {
      // The editor's parser is JupyterLab's own, and loaded already.
      const { EditorLanguageRegistry } = await import('@jupyterlab/codemirror');
      const languages = new EditorLanguageRegistry();
      EditorLanguageRegistry.getDefaultLanguages()
        .filter(({ name }) => name === 'Python')
        .forEach(language => languages.addLanguage(language));
      const host = document.createElement('span');
      await languages.highlight(text, languages.findByName('Python'), host);
      return host;
    } catch (error) {
      console.warn('Code is shown without colours:', error);
      return null;
    }
  }
}
