/* SPDX-License-Identifier: MIT */
#include "base/keyboard.h"

#include <errno.h>
#include <unistd.h>

#define ESCAPE 0x1b

static bool in_foreground(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

bool keyboard_open(struct keyboard *k)
{
	struct termios now;

	if (k->open || !in_foreground() || tcgetattr(STDIN_FILENO, &k->before) < 0)
		return k->open;
	now = k->before;
	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	now.c_cc[VMIN] = 0;
	now.c_cc[VTIME] = 0;
	k->escape = 0;
	k->open = tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0;
	return k->open;
}

void keyboard_close(struct keyboard *k)
{
	/* In the background, this would stop the program; the shell has taken the terminal back. */
	if (k->open && in_foreground())
		tcsetattr(STDIN_FILENO, TCSANOW, &k->before);
	k->open = false;
}

/* What xterm and the console send: ESC [ A, ESC O A, ESC [ 5 ~. */
static enum key end_of_sequence(const struct keyboard *k, unsigned char byte)
{
	static const enum key numbers[] = {
		[1] = KEY_HOME,      [4] = KEY_END,  [5] = KEY_PAGE_UP,
		[6] = KEY_PAGE_DOWN, [7] = KEY_HOME, [8] = KEY_END,
	};

	switch (byte) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case '~':
		return k->number < (int)(sizeof(numbers) / sizeof(*numbers)) ? numbers[k->number]
									     : KEY_NONE;
	default:
		return KEY_NONE;
	}
}

/* As in less(1). */
static enum key plain(unsigned char byte)
{
	switch (byte) {
	case 'k':
		return KEY_UP;
	case 'j':
	case '\n':
	case '\r':
		return KEY_DOWN;
	case 'b':
		return KEY_PAGE_UP;
	case 'f':
	case ' ':
		return KEY_PAGE_DOWN;
	case 'g':
		return KEY_HOME;
	case 'G':
		return KEY_END;
	default:
		return KEY_NONE;
	}
}

enum key keyboard_take(struct keyboard *k, unsigned char byte)
{
	if (byte == ESCAPE) {
		k->escape = 1;
		return KEY_NONE;
	}
	if (k->escape == 1 && (byte == '[' || byte == 'O')) {
		k->escape = 2;
		k->number = 0;
		return KEY_NONE;
	}
	if (k->escape == 2 && byte >= '0' && byte <= '9') {
		k->number = k->number < 10 ? 10 * k->number + byte - '0' : k->number;
		return KEY_NONE;
	}
	if (k->escape == 2 && byte == ';')
		return KEY_NONE;
	if (k->escape == 2) {
		k->escape = 0;
		return end_of_sequence(k, byte);
	}
	k->escape = 0;
	return plain(byte);
}

bool keyboard_read(struct keyboard *k, void (*press)(void *context, enum key key), void *context)
{
	unsigned char bytes[64];
	ssize_t got;

	if (!k->open || !in_foreground())
		return false;
	got = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
		return false;
	for (ssize_t i = 0; i < got; i++) {
		enum key key = keyboard_take(k, bytes[i]);

		if (key != KEY_NONE)
			press(context, key);
	}
	return true;
}
