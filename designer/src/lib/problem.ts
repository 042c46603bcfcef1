/** What the API answers when it cannot do what was asked (RFC 9457). */

export interface FieldError {
  field: string;
  message: string;
}

export interface ProblemBody {
  code: string;
  detail: string;
  status: number;
  errors?: FieldError[];
  state?: string;
  [member: string]: unknown;
}

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.name = "Problem";
    this.status = body.status;
    this.code = body.code;
    this.body = body;
  }

  get errors(): FieldError[] {
    return this.body.errors ?? [];
  }
}

export function asProblem(error: unknown, status: number): Problem {
  if (typeof error === "object" && error !== null && "detail" in error && "code" in error) {
    return new Problem({ ...(error as ProblemBody), status });
  }
  return new Problem({ status, code: "unreadable", detail: `The server answered ${status}.` });
}

/** The server could not be reached at all. */
export const UNREACHABLE = "unreachable";
