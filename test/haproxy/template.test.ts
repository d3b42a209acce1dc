import { describe, expect, test } from '@jest/globals';
import { compileTemplate } from '../../src/haproxy/template.js';
import { TemplateFile } from '../../src/haproxy/template-file.js';
import { builtInText, compiled } from './support/render.js';

describe('a template in another language', () => {
  test.each([
    '{{ range $svcName, $services := .Services }}',
    '{{range .Services}}',
    '{{ if .User }}',
    '{{- end -}}',
    '{{end}}',
    '{{ .User }}',
    '{{.Hostname}}',
    '{{ $x := getMode "a" }}',
    '{{ getMode $svcName }}',
    '{{ sanitizeName .Name }}',
    '{{/* comment */}}',
    '{{ template "x" . }}',
  ])('is recognised as Go: %s', (text) => {
    expect(compileTemplate('t', `global\n\n${text}\n`)).toMatchObject({
      ok: false,
      fault: { code: 'TEMPLATE_IN_GO', line: 3 },
    });
  });

  test.each([
    builtInText,
    '{{#each Services}}{{@key}}{{../User}}{{this.[0].ID}}{{/each}}',
    '{{! .Services range }}',
    '{{word "$x .y"}}',
    '# $x .Services',
  ])('is not suspected without reason', (text) => expect(compileTemplate('t', text).ok).toBe(true));
});

describe('a Handlebars template', () => {
  test.each([
    ['a\n{{User}\n', 'TEMPLATE_SYNTAX', 2],
    ['a\n\n{{#each Services}}{{/if}}', 'TEMPLATE_SYNTAX', 3],
    ['a\n{{shout "x"}}', 'TEMPLATE_SYNTAX', 2],
    ['{{log "x"}}', 'TEMPLATE_SYNTAX', 1],
  ])('with a mistake is refused with its line: %j', (text, code, line) => {
    expect(compileTemplate('t', text)).toMatchObject({ ok: false, fault: { code, line } });
  });

  test.each(['a\n{{Usr}}', 'a\n{{constructor.name}}', 'a\n{{> part}}'])(
    'that fails while rendering is a fault: %j',
    (text) => {
      expect(compiled(text).render({ User: '' }, {})).toMatchObject({ ok: false, fault: { code: 'TEMPLATE_FAILED' } });
    },
  );

  test('renders an empty value as nothing, and text as it is', () => {
    expect(compiled('[{{User}}{{Group}}]').render({ User: '', Group: '<&">' }, {})).toEqual({
      ok: true,
      value: '[<&">]',
    });
  });
});

describe('the template file', () => {
  const files = new Map<string, string>();
  const source = (path: string): TemplateFile =>
    new TemplateFile(path, {
      read: (name) => Promise.resolve(name.endsWith('.hbs') && !files.has(name) ? builtInText : files.get(name)),
      stamp: (name) => {
        const text = files.get(name);
        return Promise.resolve(text === undefined ? undefined : { modifiedMs: 0, size: text.length, inode: 1 });
      },
    });

  test.each(['views/haproxy.cfg', 'templates/haproxy.cfg'])(
    'that is configured as %s and missing means the built-in one, with a notice',
    async (stock) => {
      const { template, notice } = await source(stock).current();
      expect(template.ok).toBe(true);
      expect(notice).toContain(`${stock} does not exist: the built-in template is used`);
    },
  );

  test('that is configured elsewhere and missing is a fault', async () => {
    expect((await source('/etc/own.cfg').current()).template).toEqual({
      ok: false,
      fault: { code: 'TEMPLATE_MISSING', path: '/etc/own.cfg' },
    });
  });

  test('is read again only when it changed', async () => {
    files.set('/t', 'one');
    const file = source('/t');
    const first = await file.current();
    expect(await file.current()).toBe(first);
    files.set('/t', 'three');
    const second = await file.current();
    expect(second.revision).toBe(first.revision + 1);
    expect(second.template.ok && second.template.value.render({}, {})).toEqual({ ok: true, value: 'three' });
  });
});
