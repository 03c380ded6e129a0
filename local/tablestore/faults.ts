/** What can go wrong on purpose, once a request has been found in order. */
export type Fault =
	/** Answered with this error, and not carried out. */
	| {
			readonly kind: "error";
			readonly status: number;
			readonly code: string;
			readonly message: string;
	  }
	/** Carried out after this time on the service's clock. */
	| { readonly kind: "stall"; readonly ms: number }
	/** Not carried out; the connection breaks. */
	| { readonly kind: "reset" }
	/** Carried out; the connection breaks before the answer, so the client cannot know. */
	| { readonly kind: "lose-answer" };

/** Asked for every request with the name of its operation, such as "PutRow". */
export type FaultChooser = (operation: string) => Fault | undefined;

/** The error that the real service has of itself most often. */
export const busy: Fault = {
	kind: "error",
	status: 503,
	code: "OTSServerBusy",
	message: "Server is busy.",
};
