#include "03-pool/pool.h"
#include "14-cluster/cluster.h"

size_t cluster_chunk(size_t n, int workers)
{
    size_t chunk = pool_chunk(n, workers);

    return chunk < CLUSTER_MOST_CHUNK ? chunk : CLUSTER_MOST_CHUNK;
}
