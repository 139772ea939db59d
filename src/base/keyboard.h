/* SPDX-License-Identifier: MIT */
/*
 * The keys that the user presses, one at a time. Meanwhile the terminal does not show them; ^C and
 * ^Z work as before.
 */
#ifndef BASE_KEYBOARD_H
#define BASE_KEYBOARD_H

#include <stdbool.h>
#include <termios.h>

enum key {
	KEY_NONE,
	KEY_UP,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
};

struct keyboard {
	bool open;
	struct termios before;
	/* The sequence that a key has begun: ESC, [, and a number. */
	int escape;
	int number;
};

/* From stdin, if that is a terminal and this program is in its foreground. */
bool keyboard_open(struct keyboard *keyboard);

/* The terminal is as it was. */
void keyboard_close(struct keyboard *keyboard);

/*
 * Reads what was typed, and calls press() for each key. False: there is nothing to read any more,
 * or it has to wait for the foreground.
 */
bool keyboard_read(struct keyboard *keyboard, void (*press)(void *context, enum key key),
		   void *context);

/* The key that this byte completes. */
enum key keyboard_take(struct keyboard *keyboard, unsigned char byte);

#endif
