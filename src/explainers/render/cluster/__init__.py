"""An executor on a Dask cluster: tasks go to its workers, files and products through a shared store.

`place` says where the cluster and its store are, `shared` is the store both sides reach, `inputs` sends
files by their digest, `facts` compares what is installed, `worker` is what runs on a worker, `crew` keeps
account of the workers and `executor` works an agenda off with them. Neither distributed nor fsspec is
imported before an executor is asked for.
"""

from explainers.render.cluster.connection import ClusterPlace, place_of

__all__ = ["ClusterPlace", "place_of"]
