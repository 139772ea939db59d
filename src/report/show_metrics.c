/* SPDX-License-Identifier: MIT */
#include "report/show_metrics.h"

#include "base/util.h"
#include "report/metrics_file.h"
#include "report/result.h"

/* A metric of an association (path NULL), or of each of its paths. False: it is not known. */
struct metric {
	const char *name, *help;
	bool of_path;
	bool (*value)(const struct table_assoc *a, const struct table_path *path, double *value);
};

static bool always(const struct table_assoc *a, const struct table_path *path, double *v)
{
	(void)a;
	(void)path;
	*v = 1;
	return true;
}

static bool assoc_up(const struct table_assoc *a, const struct table_path *path, double *v)
{
	(void)path;
	*v = a->state == ASSOC_ESTABLISHED;
	return true;
}

static bool path_up(const struct table_assoc *a, const struct table_path *path, double *v)
{
	(void)a;
	*v = path->state == PATH_ACTIVE;
	return path->state != PATH_UNCONFIRMED && path->state != PATH_UNKNOWN;
}

static bool path_primary(const struct table_assoc *a, const struct table_path *path, double *v)
{
	(void)a;
	*v = path->primary;
	return true;
}

static bool path_rto(const struct table_assoc *a, const struct table_path *path, double *v)
{
	(void)a;
	*v = path->rto_ms / 1e3;
	return path->rto_ms > 0;
}

static const struct metric metrics[] = {
	{ "sctp_association_up", "Whether the association is established.", false, assoc_up },
	{ "sctp_association_state", "1 for the state of the association.", false, always },
	{ "sctp_association_path_up", "Whether the stack sends data on the path.", true, path_up },
	{ "sctp_association_path_state", "1 for the state of the path.", true, always },
	{ "sctp_association_path_primary", "Whether it is the primary path.", true, path_primary },
	{ "sctp_association_path_rto_seconds", "The retransmission timeout of the path.", true,
	  path_rto },
};

static void put_labels(FILE *f, const struct show_metrics *shown, const struct table_assoc *a)
{
	const struct socket_owner *owner =
		socket_owner_of(shown->owners, shown->owner_count, a->inode);
	char text[ADDRESS_TEXT_MAX];

	snprintf(text, sizeof(text), "%u", a->id);
	metrics_put_label(f, "{", "association", text);
	metrics_put_label(f, ",", "program", owner && owner->pid ? owner->program : "");
	metrics_put_label(f, ",", "local", a->local_count ? address_text(&a->local[0], text) : "");
	/* The order of its addresses stays the same. */
	metrics_put_label(f, ",", "peer", address_text(&a->paths[0].address, text));
}

static void put_sample(FILE *f, const struct metric *metric, const struct show_metrics *shown,
		       const struct table_assoc *a, const struct table_path *path)
{
	char text[ADDRESS_TEXT_MAX];
	double value;

	if (!metric->value(a, path, &value))
		return;
	fputs(metric->name, f);
	put_labels(f, shown, a);
	if (path)
		metrics_put_label(f, ",", "path", address_host_text(&path->address, text));
	if (metric->value == always)
		metrics_put_label(f, ",", "state",
				  path ? path_state_name(path->state) : assoc_state_name(a->state));
	fprintf(f, "} %.15g\n", value);
}

static void put_total(FILE *f, const char *name, const char *help, size_t value)
{
	metrics_put_head(f, name, "gauge", help);
	fprintf(f, "%s %zu\n", name, value);
}

static void put_all(FILE *f, const void *what)
{
	const struct show_metrics *shown = what;
	const struct table *t = shown->table;
	size_t degraded = 0;

	for (size_t i = 0; i < t->count; i++)
		degraded += kernel_table_is_degraded(&t->list[i]);
	put_total(f, "sctp_associations", "Associations of the kernel's SCTP.", t->count);
	put_total(f, "sctp_associations_degraded",
		  "Associations with a path that is inactive or potentially failed.", degraded);
	put_total(f, "sctp_associations_complete", "Whether all of them were read.", !t->more);
	for (size_t m = 0; m < ARRAY_SIZE(metrics); m++) {
		metrics_put_head(f, metrics[m].name, "gauge", metrics[m].help);
		for (size_t i = 0; i < t->count; i++) {
			const struct table_assoc *a = &t->list[i];

			if (!metrics[m].of_path)
				put_sample(f, &metrics[m], shown, a, NULL);
			for (size_t j = 0; metrics[m].of_path && j < a->path_count; j++)
				put_sample(f, &metrics[m], shown, a, &a->paths[j]);
		}
	}
}

bool show_metrics_write(const char *file, const struct reporter *reporter,
			const struct show_metrics *shown)
{
	return metrics_write_file(file, reporter, put_all, shown);
}
