"""What every cluster backend is and does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from casa_lab.clusters.models import Worker

if TYPE_CHECKING:
    from distributed import Security


class BackendOptions(BaseModel):
    """Options that every backend has; each backend adds its own in a subclass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    workers: int = Field(
        1, ge=0, le=10_000, title="Workers", description="How many workers to start with."
    )
    start_timeout_seconds: float = Field(
        120.0,
        gt=0,
        title="Start timeout (s)",
        description="How long to wait for the first worker before giving the cluster up.",
    )


OptionsT = TypeVar("OptionsT", bound=BackendOptions)


class Backend(ABC, Generic[OptionsT]):
    """One running cluster of one kind, driven by the cluster's host process.

    Parameters
    ----------
    options
        The validated options of the profile that the cluster was started from.
    security
        The cluster's own certificate, which scheduler and workers must use.

    Notes
    -----
    The companion imports the module of a backend to validate options, so it
    must not import Dask (or anything slow) at its top, but inside the methods.
    All methods run in the event loop of the host, where nothing may block.
    """

    options_model: ClassVar[type[BackendOptions]]
    """The options; its JSON Schema describes them to the dialog."""

    def __init__(self, options: OptionsT, security: Security) -> None:
        self.options = options
        self.security = security

    @abstractmethod
    async def start(self) -> None:
        """Start the scheduler, without any worker."""

    @abstractmethod
    async def scale(self, workers: int) -> None:
        """Ask for that number of workers, without waiting for them.

        Called again with the same number when workers stay away: what gave up
        must then be tried anew.
        """

    @abstractmethod
    async def close(self) -> None:
        """End the workers and the scheduler; also after a start that failed or was cancelled."""

    @property
    @abstractmethod
    def is_alive(self) -> bool:
        """Whether the scheduler, once started, still runs."""

    @property
    @abstractmethod
    def scheduler_address(self) -> str:
        """Where clients connect."""

    @property
    @abstractmethod
    def dashboard_url(self) -> str | None:
        """Where the Dask dashboard listens, or ``None`` when there is none."""

    @abstractmethod
    async def workers(self) -> list[Worker]:
        """Return the workers that the scheduler has now."""
