/* Suite 14: its tests, and the scenes that ranks play for them. */
#ifndef LOCKSTEP_SUITES_CLUSTER_H
#define LOCKSTEP_SUITES_CLUSTER_H

void test_cluster_start(void);
void test_cluster_map(void);
void test_cluster_few(void);
void test_cluster_goes_on(void);
void test_cluster_at_once(void);
void test_cluster_errors(void);
void test_cluster_many(void);
void test_cluster_team(void);
void test_cluster_reduce(void);
void test_cluster_scatter(void);
void test_cluster_stop(void);

void scene_start(int rank, int ranks);
void scene_no_threads(int rank, int ranks);
void scene_more_threads(int rank, int ranks);
void scene_map(int rank, int ranks);
void scene_few(int rank, int ranks);
void scene_alone(int rank, int ranks);
void scene_refuses(int rank, int ranks);
void scene_goes_on(int rank, int ranks);
void scene_at_once(int rank, int ranks);
void scene_errors(int rank, int ranks);
void scene_many(int rank, int ranks);
void scene_team(int rank, int ranks);
void scene_reduce(int rank, int ranks);
void scene_most(int rank, int ranks);
void scene_scatter(int rank, int ranks);
void scene_scatter_errors(int rank, int ranks);
void scene_stop(int rank, int ranks);

#endif
