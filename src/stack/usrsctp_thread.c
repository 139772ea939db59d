/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_thread.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>

#include "base/privilege.h"
#include "base/util.h"
#include "stack/usrsctp_interfaces.h"

/* Whatever the user's limit is (ulimit -s). */
#define STACK_BYTES (256 << 10)

struct beginning {
	void *(*run)(void *);
	void *argument;
};

/* In a shared library's program, the rest of the program calls library_pthread_create(), too. */
static _Thread_local bool starts_library;

static int libc_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			       void *(*run)(void *), void *argument)
{
#ifdef USRSCTP_CONFINED
	return pthread_create(thread, attributes, run, argument);
#else
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	*(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
	return next(thread, attributes, run, argument);
#endif
}

static void *begin(void *context)
{
	struct beginning beginning = *(struct beginning *)context;

	free(context);
	(void)privilege_drop_all_but(0);
	return beginning.run(beginning.argument);
}

int library_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			   void *(*run)(void *), void *argument)
{
	struct beginning *beginning;
	pthread_attr_t own;
	int error;

	if (!starts_library)
		return libc_pthread_create(thread, attributes, run, argument);
	beginning = xcalloc(1, sizeof(*beginning));
	*beginning = (struct beginning){ run, argument };
	pthread_attr_init(&own);
	pthread_attr_setstacksize(&own, STACK_BYTES);
	error = libc_pthread_create(thread, &own, begin, beginning);
	pthread_attr_destroy(&own);
	if (error)
		free(beginning);
	return error;
}

/* The main thread waits for signals. */
void threads_init_library(uint16_t udp_port, bool bound)
{
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	starts_library = true;
	interfaces_init_library(udp_port, bound);
	starts_library = false;
	sigprocmask(SIG_SETMASK, &before, NULL);
}
