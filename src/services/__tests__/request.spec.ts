import { nullTranslator } from '@jupyterlab/translation';
import { type IServer, request, ResponseError } from '../request';
import { runList, runLog } from '../validate';
import { FakeServer, makeRun, makeRunList } from './fakes';

describe('request', () => {
  let server: FakeServer;
  let connection: IServer;

  beforeEach(() => {
    server = new FakeServer();
    const trans = nullTranslator.load('casa-lab');
    connection = { settings: server.settings, trans };
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  const failure = async (path = 'casa/runs') => {
    try {
      await request(path, connection, runList);
    } catch (error) {
      return error as ResponseError;
    }
    throw new Error('The request succeeded.');
  };

  it('returns a checked reply', async () => {
    server.answer('GET casa/runs', makeRunList([makeRun()]));
    const { runs } = await request('casa/runs', connection, runList);
    expect(runs).toEqual([makeRun()]);
  });

  it('posts a body', async () => {
    server.answer('POST casa/log', { text: 'x', truncated: false });
    await request('casa/log', connection, runLog, { body: { a: 1 } });
    expect(server.requests).toEqual([
      { call: 'POST casa/log', body: { a: 1 } }
    ]);
  });

  it("throws the server's own sentence", async () => {
    server.answer('GET casa/runs', { message: 'Choose a dataset.' }, 400);
    const error = await failure();
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.status).toBe(400);
    expect(error.message).toBe('Choose a dataset.');
  });

  it.each([
    [403, 'does not let you do this'],
    [404, 'casa_lab is enabled'],
    [502, 'status 502']
  ])('makes a sentence for a bare status %d', async (status, part) => {
    server.answer('GET casa/runs', '<html>no</html>', status);
    const error = await failure();
    expect(error.status).toBe(status);
    expect(error.message).toContain(part);
  });

  it('says when the server does not answer', async () => {
    server.breakDown('GET casa/runs');
    const error = await failure();
    expect(error.status).toBe(0);
    expect(error.message).toContain('does not answer');
  });

  it("says so in the user's language", async () => {
    const trans = { ...connection.trans, __: () => 'Keine Antwort.' };
    connection = { ...connection, trans };
    server.breakDown('GET casa/runs');
    expect((await failure()).message).toBe('Keine Antwort.');
  });

  it('says when the server breaks off its answer', async () => {
    const broken = Promise.reject(new TypeError('network error'));
    broken.catch(() => undefined);
    jest.spyOn(Response.prototype, 'text').mockReturnValueOnce(broken);
    server.answer('GET casa/runs', makeRunList([]));
    const error = await failure();
    expect(error.status).toBe(0);
    expect(error.message).toContain('does not answer');
  });

  it.each([
    ['no JSON', '<html></html>'],
    ['a missing list', {}],
    [
      'a run without progress',
      { ...makeRunList([]), runs: [{ ...makeRun(), progress: null }] }
    ],
    [
      'a number for a name',
      { ...makeRunList([]), runs: [{ ...makeRun(), name: 1 }] }
    ]
  ])('refuses a reply with %s', async (_, reply) => {
    server.answer('GET casa/runs', reply);
    const error = await failure();
    expect(error.message).toContain('does not understand');
  });
});
