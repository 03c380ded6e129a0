/**
 * The documented errors: HTTP status and message by code
 * (help.aliyun.com/zh/mns/developer-reference/syntax-of-error-responses;
 * the spelling `InvalidDegist` is the vendor's).
 */
const DOCUMENTED = {
	AccessDenied: [
		403,
		"The OwnerId that your Access Key Id associated to is forbidden for this operation.",
	],
	InternalError: [500, "Interal error."],
	InvalidAccessKeyId: [403, "The AccessKey Id you provided is not exist."],
	InvalidArgument: [400, "The XML you provided did not validate against our published schema."],
	InvalidAuthorizationHeader: [400, "The Authorization header format is invalid."],
	InvalidDateHeader: [400, "The Date header format is invalid."],
	InvalidDegist: [400, "The Content-MD5 you specified is invalid."],
	InvalidQueryString: [400, "Http request URL contains invalid querystring item."],
	InvalidQueueName: [
		400,
		"The queue name you provided is invalid. QueueName should start with alpha or digit and contain only alpha, digit or - .",
	],
	InvalidRequestURL: [400, "Http request URL format invalid."],
	MalformedXML: [400, "The XML you provided was not well-formed."],
	MessageNotExist: [404, "Message not exist."],
	MissingAuthorizationHeader: [400, "Authorization header is required."],
	MissingDateHeader: [400, "Date header is required."],
	MissingReceiptHandle: [400, "ReceiptHandle is required."],
	MissingVersionHeader: [400, "x-mns-version header is required."],
	MissingVisibilityTimeout: [400, "VisibilityTimeout is required."],
	QueueAlreadyExist: [409, "The queue you want to create is already exist."],
	QueueNameLengthError: [400, "Queue name length should between 1 and 120."],
	QueueNotExist: [404, "The queue name you provided is not exist."],
	ReceiptHandleError: [400, "The receipt handle you provide is not valid."],
	SignatureDoesNotMatch: [
		403,
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
	],
	TimeExpired: [408, "The http request you sent is expired."],
	TopicNotExist: [404, "The topic name you provided is not exist."],
} as const satisfies Record<string, readonly [number, string]>;

export type MnsErrorCode = keyof typeof DOCUMENTED;

/** What a caller did wrong, in the service's own words. */
export class MnsError extends Error {
	readonly code: MnsErrorCode;
	readonly status: number;

	constructor(code: MnsErrorCode, message?: string) {
		super(message ?? DOCUMENTED[code][1]);
		this.name = "MnsError";
		this.code = code;
		this.status = DOCUMENTED[code][0];
	}
}

/** A value outside its documented range. */
export function outOfRange(name: string, low: number, high: number, unit = ""): MnsError {
	const tail = unit ? ` ${unit}` : "";
	return new MnsError(
		"InvalidArgument",
		`The value of ${name} should between ${low} and ${high}${tail}.`,
	);
}

/** An element that is missing or of the wrong shape. */
export function schemaViolation(element: string): MnsError {
	return new MnsError(
		"InvalidArgument",
		`The XML you provided did not validate against our published schema, cause by ${element}.`,
	);
}
