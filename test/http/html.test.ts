import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { html } from '../../src/http/html.js';

describe('pieces of a page', () => {
  test('inserted text is escaped, inserted pieces are not', () => {
    const items = ['a', '<b>'].map((text) => html`<i>${text}</i>`);
    expect(html`<b title="${'"\'&'}">${items}</b>${2}`.markup).toBe(
      '<b title="&#34;&#39;&amp;"><i>a</i><i>&lt;b&gt;</i></b>2',
    );
  });

  test('no text can open an element or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'a', ' ', '=') }), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']/);
      }),
    );
  });
});
