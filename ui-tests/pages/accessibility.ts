import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';

/** What axe calls a violation that keeps people from using a page. */
const SEVERE = ['serious', 'critical'];

/** Fails, when the story has ended, where parts of a page that are Casa's own have a serious violation. */
export async function expectAccessible(
  page: Page,
  ...selectors: string[]
): Promise<void> {
  const builder = new AxeBuilder({ page });
  for (const selector of selectors) {
    await expect(page.locator(selector).first()).toBeVisible();
    builder.include(selector);
  }
  const { violations } = await builder.analyze();
  const severe = violations
    .filter(({ impact }) => SEVERE.includes(String(impact)))
    .flatMap(({ help, id, nodes }) =>
      nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`)
    );
  expect.soft(severe).toEqual([]);
}

/** Fails likewise where a pointer works what is out of the keyboard's reach. */
export async function expectReachable(part: Locator): Promise<void> {
  const page = part.page();
  const { deaf, wanted } = await part.evaluate(root => {
    const focusable =
      'button, input, select, textarea, a[href], summary, [tabindex]';
    const isShown = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true });
    // Options of a list are reached with arrows, from the list itself.
    const deaf = [...root.querySelectorAll('*')].filter(
      element =>
        isShown(element) &&
        getComputedStyle(element).cursor === 'pointer' &&
        !element.closest(`${focusable}, label, [role=option]`)
    );
    const found = [...root.querySelectorAll<HTMLElement>(focusable)].filter(
      element =>
        isShown(element) &&
        element.tabIndex >= 0 &&
        !element.matches(':disabled')
    );
    found.forEach((element, index) => {
      element.dataset.reach = String(index);
    });
    found[0].focus();
    return {
      deaf: deaf.map(element => element.outerHTML.slice(0, 200)),
      wanted: found.length
    };
  });
  const reached = new Set<string>();
  for (let step = 0; step < wanted; step++) {
    const at = await page.evaluate(
      () => (document.activeElement as HTMLElement | null)?.dataset.reach
    );
    if (at === undefined) {
      break;
    }
    reached.add(at);
    await page.keyboard.press('Tab');
  }
  const missed = await part
    .locator('[data-reach]')
    .evaluateAll(
      (elements, known) =>
        elements
          .filter(
            element => !known.includes((element as HTMLElement).dataset.reach!)
          )
          .map(element => element.outerHTML.slice(0, 200)),
      [...reached]
    );
  await part.evaluate(root =>
    root
      .querySelectorAll<HTMLElement>('[data-reach]')
      .forEach(element => delete element.dataset.reach)
  );
  expect.soft([...deaf, ...missed]).toEqual([]);
}
