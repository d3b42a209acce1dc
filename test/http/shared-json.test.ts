import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { appWith, ask, FakeCatalog, service, serving, snapshotOf, type Answer } from './support.js';

const PATHS = ['/services.json', '/services/web.json', '/state.json', '/state.json?ext=1', '/api/services.json'];
const CONTRACT = ['Content-Type', 'Access-Control-Allow-Origin', 'Access-Control-Allow-Methods', 'Content-Length'];
/** Of these every answer has its own. */
const OF_THE_CONNECTION = ['Date', 'Connection', 'Keep-Alive'];

const small = (): FakeCatalog => new FakeCatalog(snapshotOf([service({})]));
const large = (): FakeCatalog => new FakeCatalog(snapshotOf([service({ image: 'web:'.repeat(500) })]));

const namesOf = ({ headers }: Answer): readonly string[] =>
  [...headers.keys()].filter((name) => !OF_THE_CONNECTION.includes(name)).sort();

async function tagOf(port: number, target: string): Promise<string> {
  const { headers } = await ask(port, target, 'GET', { 'If-None-Match': '""' });
  return headers.get('ETag') ?? 'no tag';
}

/** As it came, with what of it `fetch` has unpacked. */
async function packed(port: number, target: string, encodings: string) {
  const answer = await fetch(`http://127.0.0.1:${port}${target}`, { headers: { 'Accept-Encoding': encodings } });
  const { headers } = answer;
  return {
    encoding: headers.get('Content-Encoding'),
    vary: headers.get('Vary'),
    length: Number(headers.get('Content-Length')),
    text: await answer.text(),
  };
}

describe.each(PATHS)('%s', (target) => {
  test('has the headers of the contract for those who ask for no more', async () => {
    await serving(appWith({ catalog: large() }), async (port) => {
      expect(namesOf(await ask(port, target))).toEqual([...CONTRACT].sort());
    });
  });

  test('has a tag for those who compare tags, and nothing new for those who have it', async () => {
    await serving(appWith({ catalog: small() }), async (port) => {
      const first = await ask(port, target, 'GET', { 'If-None-Match': '""' });
      expect(first).toMatchObject({ status: 200, body: (await ask(port, target)).body });
      expect(first.headers.get('Vary')).toBe('Accept-Encoding');
      const tag = first.headers.get('ETag') ?? '';
      expect(tag).toMatch(/^W\/"[\w-]{27}"$/);
      const again = await ask(port, target, 'GET', { 'If-None-Match': tag });
      expect(again).toMatchObject({ status: 304, body: '' });
      expect(namesOf(again)).toEqual(
        ['Access-Control-Allow-Methods', 'Access-Control-Allow-Origin', 'Cache-Control', 'ETag', 'Vary'].sort(),
      );
      expect(again.headers.get('ETag')).toBe(tag);
    });
  });

  test('is packed for those who can unpack it', async () => {
    await serving(appWith({ catalog: large() }), async (port) => {
      const { body } = await ask(port, target);
      const answer = await packed(port, target, 'gzip');
      expect(answer).toMatchObject({ encoding: 'gzip', vary: 'Accept-Encoding', text: body });
      expect(answer.length).toBe(gzipSync(body).length);
    });
  });
});

describe('the tag of a body', () => {
  test('changes with the body, and not with a version of the catalog that shows the same', async () => {
    const catalog = small();
    await serving(appWith({ catalog }), async (port) => {
      const before = await tagOf(port, '/services.json');
      catalog.current = { ...catalog.current, version: 2 };
      expect(await tagOf(port, '/services.json')).toBe(before);
      catalog.current = snapshotOf([service({ status: 2 })], { version: 3 });
      const { status, headers } = await ask(port, '/services.json', 'GET', { 'If-None-Match': before });
      expect(status).toBe(200);
      expect(headers.get('ETag')).not.toBe(before);
    });
  });

  test('is found in a list, in its strong form, and in any', async () => {
    await serving(appWith({ catalog: small() }), async (port) => {
      const tag = await tagOf(port, '/state.json');
      const statusFor = async (known: string): Promise<number> =>
        (await ask(port, '/state.json', 'GET', { 'If-None-Match': known })).status;
      const strong = tag.slice(2);
      for (const known of [tag, strong, `"a", ${tag}`, `W/"a",${strong} , "b"`, '*'])
        expect([known, await statusFor(known)]).toEqual([known, 304]);
      for (const known of ['""', '"a"', 'W/"a", "b"', strong.slice(1, -1), strong.slice(0, -1), tag.toLowerCase(), ''])
        expect([known, await statusFor(known)]).toEqual([known, 200]);
    });
  });

  test('is the same for a packed body', async () => {
    await serving(appWith({ catalog: large() }), async (port) => {
      const tag = await tagOf(port, '/state.json');
      const packedOne = await ask(port, '/state.json', 'GET', { 'If-None-Match': '""', 'Accept-Encoding': 'gzip' });
      expect(packedOne.headers.get('Content-Encoding')).toBe('gzip');
      expect(packedOne.headers.get('ETag')).toBe(tag);
      const asked = { 'If-None-Match': tag, 'Accept-Encoding': 'gzip' };
      expect(await ask(port, '/state.json', 'GET', asked)).toMatchObject({ status: 304, body: '' });
    });
  });

  test('is not there for what is not found', async () => {
    await serving(appWith({ catalog: small() }), async (port) => {
      const { status, headers } = await ask(port, '/services/nope.json', 'GET', { 'If-None-Match': '*' });
      expect([status, headers.has('ETag')]).toEqual([404, false]);
    });
  });
});

describe('a body', () => {
  test.each(['gzip', 'GZIP', 'deflate, gzip;q=0.5', 'br, gzip', '*'])('is packed for %s', async (encodings) => {
    await serving(appWith({ catalog: large() }), async (port) => {
      expect((await packed(port, '/state.json', encodings)).encoding).toBe('gzip');
    });
  });

  test.each(['identity', 'gzip;q=0', 'br', '', 'identity, gzip;q=0.5', 'gzipped', '*;q=0'])(
    'is not packed for "%s"',
    async (encodings) => {
      await serving(appWith({ catalog: large() }), async (port) => {
        expect((await packed(port, '/state.json', encodings)).encoding).toBeNull();
      });
    },
  );

  test('that fits into one packet is not packed', async () => {
    await serving(appWith({ catalog: small() }), async (port) => {
      expect(await packed(port, '/state.json', 'gzip')).toMatchObject({ encoding: null, vary: null });
    });
  });
});
