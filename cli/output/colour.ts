const CODES = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36, grey: 90, bold: 1 } as const;
export type Colour = keyof typeof CODES;

export const paint = (text: string, colour: Colour | undefined, on: boolean): string =>
	on && colour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;

const STATE_COLOURS: Readonly<Record<string, Colour>> = {
	succeeded: "green",
	completed: "green",
	active: "green",
	online: "green",
	running: "cyan",
	sending: "cyan",
	sent: "cyan",
	soaking: "cyan",
	waiting: "blue",
	accepted: "blue",
	resolving: "blue",
	scheduled: "blue",
	failed: "red",
	timed_out: "red",
	expired: "red",
	unknown: "yellow",
	paused: "yellow",
	waiting_for_approval: "yellow",
	canceling: "yellow",
	canceled: "grey",
	ended: "grey",
	offline: "grey",
};

export const colourOfState = (state: string | undefined): Colour | undefined =>
	state === undefined ? undefined : STATE_COLOURS[state];
