/* SPDX-License-Identifier: MIT */
/* How packets leave this host, where that says something about the paths. */
#include "report/text.h"

/* How many addresses without an answer have their line. */
#define ROUTES_MAX 8

/* --- Shared links and gateways ---------------------------------------------------------------- */

/* On loopback everything is shared, and nothing can be done about it. */
static bool counts(const struct path_result *p)
{
	return p->verdict == VERDICT_VERIFIED && p->route.base && !p->route.loopback;
}

static bool same_link(const struct path_result *a, const struct path_result *b)
{
	return a->route.base == b->route.base;
}

/* Routers on different links may all be called fe80::1. */
static bool same_gateway(const struct path_result *a, const struct path_result *b)
{
	const union address *gateway = &a->route.gateway;

	return gateway->sa.sa_family && gateway->sa.sa_family == b->route.gateway.sa.sa_family &&
	       address_equal(gateway, &b->route.gateway) &&
	       (same_link(a, b) || address_scope(gateway) != SCOPE_LINK);
}

typedef bool (*sharing)(const struct path_result *a, const struct path_result *b);

/* Is it the first of at least two? *count: of how many. */
static bool is_first(const struct association *a, size_t first, sharing same, size_t *count)
{
	*count = 0;
	if (!counts(&a->paths[first]))
		return false;
	for (size_t i = 0; i < a->path_count; i++) {
		if (!counts(&a->paths[i]) || !same(&a->paths[i], &a->paths[first]))
			continue;
		if (i < first)
			return false;
		++*count;
	}
	return *count > 1;
}

/* "both verified paths use ", or "10.1.1.2, 10.1.2.2 and 10.1.3.2 use " */
static void print_who(FILE *f, const struct association *a, size_t first, sharing same,
		      size_t count)
{
	char text[ADDRESS_TEXT_MAX];
	size_t verified = 0, named = 0;

	for (size_t i = 0; i < a->path_count; i++)
		verified += a->paths[i].verdict == VERDICT_VERIFIED;
	if (count == verified) {
		fputs(count == 2 ? "both" : "all", f);
		if (count > 2)
			fprintf(f, " %zu", count);
		fputs(" verified paths use ", f);
		return;
	}
	for (size_t i = first; i < a->path_count; i++) {
		if (!counts(&a->paths[i]) || !same(&a->paths[i], &a->paths[first]))
			continue;
		fprintf(f, "%s%s",
			!named               ? ""
			: named + 1 == count ? " and "
					     : ", ",
			address_host_text(&a->paths[i].path.address, text));
		named++;
	}
	fputs(" use ", f);
}

/* The VLANs of the link that they use: " (c1.10, c1.20)" */
static void print_above(FILE *f, const struct association *a, size_t first)
{
	const char *separator = " (";

	for (size_t i = first; i < a->path_count; i++) {
		const struct path_route *route = &a->paths[i].route;
		size_t j = first;

		if (!counts(&a->paths[i]) || !same_link(&a->paths[i], &a->paths[first]) ||
		    route->index == route->base)
			continue;
		while (j < i && (!counts(&a->paths[j]) || a->paths[j].route.index != route->index))
			j++;
		if (j < i)
			continue;
		fprintf(f, "%s%s", separator, route->link);
		separator = ", ";
	}
	if (*separator == ',')
		putc(')', f);
}

static void print_shared_link(FILE *f, const struct association *a, size_t first, size_t count)
{
	const struct path_route *route = &a->paths[first].route;
	char text[ADDRESS_TEXT_MAX];
	size_t gateways = 0;

	fputs("  one link: ", f);
	print_who(f, a, first, same_link, count);
	fputs(route->base_name, f);
	print_above(f, a, first);
	for (size_t i = first; i < a->path_count; i++)
		gateways += counts(&a->paths[i]) && same_link(&a->paths[i], &a->paths[first]) &&
			    same_gateway(&a->paths[i], &a->paths[first]);
	if (gateways == count)
		fprintf(f, " via %s", address_host_text(&route->gateway, text));
	putc('\n', f);
}

static bool on_one_link(const struct association *a, size_t first)
{
	for (size_t i = first; i < a->path_count; i++)
		if (counts(&a->paths[i]) && same_gateway(&a->paths[i], &a->paths[first]) &&
		    !same_link(&a->paths[i], &a->paths[first]))
			return false;
	return true;
}

void text_shared(FILE *f, const struct association *a)
{
	char text[ADDRESS_TEXT_MAX];
	size_t count;

	for (size_t i = 0; i < a->path_count; i++)
		if (is_first(a, i, same_link, &count))
			print_shared_link(f, a, i, count);
	for (size_t i = 0; i < a->path_count; i++) {
		if (!is_first(a, i, same_gateway, &count) || on_one_link(a, i))
			continue;
		fputs("  one gateway: ", f);
		print_who(f, a, i, same_gateway, count);
		fprintf(f, "%s\n", address_host_text(&a->paths[i].route.gateway, text));
	}
}

/* --- Addresses without an answer -------------------------------------------------------------- */

static bool is_unanswered(const struct path_result *p)
{
	if (p->route_error || p->route.loopback || !*p->route.link)
		return false;
	return p->verdict == VERDICT_SILENT || p->verdict == VERDICT_UNREACHABLE ||
	       p->verdict == VERDICT_DEAD;
}

static void print_route(FILE *f, const struct path_result *p)
{
	const struct path_route *route = &p->route;
	char text[ADDRESS_TEXT_MAX];

	fprintf(f, route->seen ? "  packets to %s left on %s" : "  route to %s: on %s",
		address_host_text(&p->path.address, text), route->link);
	if (route->source.sa.sa_family)
		fprintf(f, " from %s%s", address_host_text(&route->source, text),
			route->foreign ? " (NAT: not an address of this host)" : "");
	if (route->gateway.sa.sa_family)
		fprintf(f, " via %s", address_host_text(&route->gateway, text));
	if (route->doubts & DOUBT_XDP)
		fprintf(f, "; an XDP program of %s may drop the answers unseen", route->link);
	if (route->doubts & DOUBT_SET_NEIGHBOUR)
		fputs("; the link-layer address was set by hand (ip neigh)", f);
	if (route->doubts & DOUBT_NO_ARP)
		fprintf(f, "; %s asks for no link-layer addresses (NOARP)", route->link);
	if (route->doubts & DOUBT_OTHER_ROUTE)
		fputs("; ip rule, or another next hop, may change it", f);
	putc('\n', f);
}

void text_routes(FILE *f, const struct association *a)
{
	size_t printed = 0;

	for (size_t i = 0; i < a->path_count && printed < ROUTES_MAX; i++) {
		if (!is_unanswered(&a->paths[i]))
			continue;
		print_route(f, &a->paths[i]);
		printed++;
	}
}
