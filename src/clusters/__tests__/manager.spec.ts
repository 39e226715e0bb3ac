import {
  FakeEvents,
  FakeServer,
  LOCAL,
  makeCluster
} from '../../services/__tests__/fakes';
import { ClusterManager } from '../manager';

describe('ClusterManager', () => {
  let events: FakeEvents;
  let manager: ClusterManager;
  let server: FakeServer;

  const start = async (...clusters: ReturnType<typeof makeCluster>[]) => {
    server.answer('GET casa/clusters', { clusters });
    manager = new ClusterManager({ events, serverSettings: server.settings });
    await manager.ready;
  };

  beforeEach(() => {
    events = new FakeEvents();
    server = new FakeServer();
    server.answer('GET casa/profiles', { profiles: [LOCAL] });
  });

  afterEach(() => {
    manager.dispose();
  });

  it('asks for the profiles once', async () => {
    await start();
    await manager.refresh();
    expect(manager.profiles).toEqual([LOCAL]);
    expect(server.calls().sort()).toEqual([
      'GET casa/clusters',
      'GET casa/clusters',
      'GET casa/profiles'
    ]);
  });

  it('starts and scales', async () => {
    await start();
    server.answer(
      'POST casa/clusters',
      makeCluster({ state: 'starting' }),
      202
    );
    await manager.start({ profile: 'local' });
    expect(manager.clusters[0].state).toBe('starting');
    server.answer(
      'PATCH casa/clusters/cluster-1',
      makeCluster({ desired_workers: 5, updated: 2 }),
      202
    );
    await manager.scale('cluster-1', 5);
    expect(manager.get('cluster-1')?.desired_workers).toBe(5);
    expect(server.requests[server.requests.length - 1].body).toEqual({
      workers: 5
    });
  });

  it('keeps a cluster that is told to stop until it has', async () => {
    await start(makeCluster());
    server.answer(
      'DELETE casa/clusters/cluster-1',
      makeCluster({ state: 'stopping', updated: 2 }),
      202
    );
    await manager.stop('cluster-1');
    expect(manager.clusters[0].state).toBe('stopping');
    events.announce('cluster', {
      cluster: makeCluster({ state: 'stopped', updated: 3 })
    });
    expect(manager.clusters[0].state).toBe('stopped');
  });

  it.each(['stopped', 'failed', 'lost'] as const)(
    'forgets a cluster that is %s',
    async state => {
      await start(makeCluster({ state }));
      server.answer(
        'DELETE casa/clusters/cluster-1',
        makeCluster({ state }),
        202
      );
      await manager.stop('cluster-1');
      expect(manager.clusters).toEqual([]);
    }
  );
});
