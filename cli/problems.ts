/** A command line or a setting that is wrong: nothing was sent. */
export class UsageError extends Error {
	override readonly name = "UsageError";
	/** What to do about it. */
	readonly advice: string | undefined;

	constructor(message: string, advice?: string) {
		super(message);
		this.advice = advice;
	}
}
