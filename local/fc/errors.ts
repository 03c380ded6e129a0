/**
 * An error of the service itself. Codes, statuses and texts: Function Compute,
 * "Error codes".
 */
export class FcError extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.name = "FcError";
		this.status = status;
		this.code = code;
	}
}

export const fcErrors = {
	invalidArgument: (message: string) => new FcError(400, "InvalidArgument", message),
	missingHeader: (name: string) =>
		new FcError(400, "MissingRequiredHeader", `required HTTP header ${name} was not specified`),
	pathNotSupported: (method: string, path: string) =>
		new FcError(400, "PathNotSupported", `'${method}' against '${path}' is not supported`),
	payloadTooLarge: (limitBytes: number) =>
		new FcError(
			400,
			"EntityTooLarge",
			`payload size exceeds maximum allowed size (${limitBytes} bytes)`,
		),
	accessDenied: (message: string) => new FcError(403, "AccessDenied", message),
	signatureMismatch: () =>
		new FcError(
			403,
			"SignatureNotMatch",
			"The request signature we calculated does not match the signature you provided. Check your access key and signing method",
		),
	invalidAccessKey: (id: string) =>
		new FcError(403, "InvalidAccessKeyID", `invalid access key ID '${id}'`),
	invalidSecurityToken: (message: string) => new FcError(403, "InvalidSecurityToken", message),
	requestExpired: (date: string) =>
		new FcError(403, "RequestTimeTooSkewed", `the date '${date}' is more than 15 minutes off`),
	functionNotFound: (name: string) =>
		new FcError(404, "FunctionNotFound", `function '${name}' does not exist`),
	versionNotFound: (qualifier: string, name: string) =>
		new FcError(
			404,
			"VersionNotFound",
			`version or alias '${qualifier}' of function '${name}' does not exist`,
		),
	asyncTaskNotFound: (id: string) =>
		new FcError(404, "AsyncTaskNotFound", `async task '${id}' does not exist`),
	asyncTaskExists: (id: string) =>
		new FcError(
			409,
			"StatefulAsyncInvocationAlreadyExists",
			`an asynchronous invocation with the id '${id}' already exists`,
		),
	resourceExhausted: (name: string, limit: number) =>
		new FcError(
			429,
			"ResourceExhausted",
			`function '${name}' has reached its limit of ${limit} concurrent instances`,
		),
	internal: () =>
		new FcError(500, "InternalServerError", "an internal error has occurred. Please retry."),
} as const;
