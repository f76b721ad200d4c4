/**
 * Passkeys between the server's JSON and the browser's buffers. Chrome 109 has no
 * `parseCreationOptionsFromJSON` and no `toJSON`, so both ways are written out here.
 */

type Json = Record<string, unknown>;

/** What an address must offer: names, not numbers, over HTTPS or on this machine. */
export type Reason = "possible" | "insecure" | "numeric" | "unsupported";

/** Whether passkeys work in this browser at this address. */
export function passkeysHere(): Reason {
  if (!window.isSecureContext) return "insecure";
  if (/^(\[.*\]|[\d.]+)$/.test(location.hostname)) return "numeric";
  return "PublicKeyCredential" in window && navigator.credentials ? "possible" : "unsupported";
}

export function toBuffer(text: string): ArrayBuffer {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0)).buffer;
}

export function toText(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Asks the browser to make a passkey that signs in by itself; the answer is for the server. */
export async function create(options: Json): Promise<Json> {
  const asked = options.publicKey as Json;
  const user = asked.user as Json;
  const publicKey = {
    ...asked,
    challenge: toBuffer(String(asked.challenge)),
    user: { ...user, id: toBuffer(String(user.id)) },
    excludeCredentials: described(asked.excludeCredentials),
    authenticatorSelection: {
      ...(asked.authenticatorSelection as Json | undefined),
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    },
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    ...named(made),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/** Asks the browser for a proof by a passkey; the answer is for the server. */
export async function prove(options: Json): Promise<Json> {
  const asked = options.publicKey as Json;
  const publicKey = {
    ...asked,
    challenge: toBuffer(String(asked.challenge)),
    allowCredentials: described(asked.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  const given = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    ...named(given),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
}

function described(list: unknown): Json[] {
  const all = Array.isArray(list) ? (list as Json[]) : [];
  return all.map((one) => ({ ...one, id: toBuffer(String(one.id)) }));
}

function named(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}
