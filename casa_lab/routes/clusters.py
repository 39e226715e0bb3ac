"""Routes of the clusters and their profiles."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from casa_lab.clusters import manager
from casa_lab.clusters.models import ClusterList, NewCluster, ProfileList, ScaleCluster

from .base import CasaHandler


class ProfilesHandler(CasaHandler):
    """Lists the ways to start a cluster."""

    path = "/casa/profiles"

    @authenticated
    @authorized
    async def get(self) -> None:
        profiles = await self.call(manager.profiles, self.companion.profiles)
        await self.answer(ProfileList(profiles=profiles))


class ClustersHandler(CasaHandler):
    """Lists and starts clusters."""

    path = "/casa/clusters"

    @authenticated
    @authorized
    async def get(self) -> None:
        await self.answer(ClusterList(clusters=await self.call(manager.list_clusters)))

    @authenticated
    @authorized
    async def post(self) -> None:
        new = self.parse(NewCluster)
        cluster = await self.call(manager.start, new, self.companion.profiles)
        self.companion.watcher.wake()
        await self.answer(cluster)


class ClusterHandler(CasaHandler):
    """Shows, scales and stops one cluster."""

    path = "/casa/clusters/{cluster}"

    @authenticated
    @authorized
    async def get(self, cluster: str) -> None:
        await self.answer(await self.call(manager.get, cluster))

    @authenticated
    @authorized
    async def patch(self, cluster: str) -> None:
        wanted = self.parse(ScaleCluster)
        await self.answer(await self.call(manager.scale, cluster, wanted.workers))

    @authenticated
    @authorized
    async def delete(self, cluster: str) -> None:
        stopped = await self.call(manager.stop_or_forget, cluster)
        self.companion.watcher.wake()
        await self.answer(stopped)
