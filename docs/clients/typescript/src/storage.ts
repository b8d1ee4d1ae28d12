/** What an app keeps between two starts, in the device's secure storage. */
export interface Kept {
  /** The access token. */
  token?: string;
  refresh?: string;
  /** The refresh session, which this device's row in the list of sessions has as its `sid`. */
  sid?: string;
  /** Survives a logout: it tells authsite that this device is known. */
  device_token?: string;
}

/** Where it is kept: the keychain, an encrypted file, … */
export interface TokenStorage {
  load(): Promise<Kept>;
  /** Keep exactly this; resolve when it would survive the app being killed. */
  save(kept: Kept): Promise<void>;
}

/** Forgets everything when the program ends. */
export const memoryStorage = (kept: Kept = {}): TokenStorage => {
  let held = kept;
  return {
    load: () => Promise.resolve(held),
    save: (changed) => {
      held = changed;
      return Promise.resolve();
    },
  };
};
