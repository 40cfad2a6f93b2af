/** The types of events.js; docs/web-client.md of the project says what each option is for. */

/** A value that is sent as text; null and undefined are left out. */
export type Attribute = string | number | boolean | null | undefined;

/** A request about to be sent, as `headers` gets it. */
export interface GatewayRequest {
  url: string;
  method: 'POST';
  headers: Record<string, string>;
  body: string;
}

export type Headers = Record<string, string>;

/** An event as it is sent: Pinpoint's `Event`. */
export interface SentEvent {
  EventType: string;
  Timestamp: string;
  Attributes: Record<string, string>;
  Metrics: Record<string, number>;
  AppPackageName: string;
  AppTitle?: string;
  AppVersionCode?: string;
  SdkName: string;
  ClientSdkVersion: string;
  Session?: { Id: string; StartTimestamp: string; StopTimestamp?: string; Duration: number };
}

/** What an app may say of its endpoint: Pinpoint's `PublicEndpoint`, but for the user. */
export interface EndpointUpdate {
  Address?: string;
  /** Only together with `Address`. */
  ChannelType?: string;
  /** Without it an endpoint is opted out of messages (`ALL`). */
  OptOut?: 'ALL' | 'NONE';
  Attributes?: Record<string, string[]>;
  Metrics?: Record<string, number>;
  Demographic?: Partial<Record<'AppVersion' | 'Locale' | 'Make' | 'Model' | 'ModelVersion' | 'Platform' | 'PlatformVersion' | 'Timezone', string>>;
  Location?: { City?: string; Country?: string; PostalCode?: string; Region?: string; Latitude?: number; Longitude?: number };
}

/** An event, or an update of the endpoint, that goes no further. */
export type Ended = { id: string } & (
  | { event: SentEvent; endpoint?: undefined }
  | { endpoint: EndpointUpdate & { User?: { UserId?: string; UserAttributes: Record<string, string[]> }; EffectiveDate: string }; event?: undefined }
);

/** What the gateway rejected, and its reason. */
export type Rejected = Ended & { status: number; message: string };

export interface ClientOptions {
  /** The stack's output `ApiUrl`, or a custom domain. */
  url: string;
  applicationId: string;
  /** What `auth` asks for; a function is called for each request, and may be async. */
  headers?: Headers | ((request: GatewayRequest) => Headers | Promise<Headers>);
  appTitle?: string;
  appVersion?: string;
  /** Record `_session.start`, `_session.pause` and `_session.stop`, and name the session in each event: true. */
  sessions?: boolean;
  /** Milliseconds without an event after which a session is over: 30 minutes. 0: it lasts while the page is seen. */
  sessionTimeout?: number;
  /** Record `pageView` for each address: false. A function returns more attributes. */
  pageViews?: boolean | (() => Record<string, Attribute>);
  /** Milliseconds from an event to the request that brings it: 5000. */
  flushInterval?: number;
  /** Events that wait in one tab; of more, the oldest go: 1000. */
  maxQueued?: number;
  /** Before the visitor has chosen (`setEnabled`): true. */
  enabled?: boolean;
  /** The gateway rejected it; by default a warning on the console. */
  onRejected?: (rejected: Rejected) => void;
  /** There was no room for it; by default a warning on the console. */
  onDropped?: (dropped: Ended) => void;
  /** A request failed, and what it brought goes again. `status` is there if the gateway answered. */
  onError?: (error: Error & { status?: number }) => void;
}

export interface Client {
  /** Records an event; its id, or undefined without consent. Attributes become texts, metrics numbers. */
  record(type: string, attributes?: Record<string, Attribute>, metrics?: Record<string, number | null | undefined>): string | undefined;
  /** Names the user, and updates the endpoint. An attribute that is not named stays, `[]` empties one. */
  identify(userId: string | undefined, attributes?: Record<string, Attribute | Attribute[]>, endpoint?: EndpointUpdate): void;
  /** Sends what waits; resolves once each event has been tried. It never rejects. */
  flush(): Promise<void>;
  /** Ends the session and makes a new endpoint, as for somebody who signed out. */
  reset(): void;
  /** The visitor's choice, which is remembered. Without consent everything that was kept is erased. */
  setEnabled(on: boolean): void;
  isEnabled(): boolean;
  /** Sends what waits, and ends timers and listeners; what could not be sent is kept for the next client. Resolves as `flush`. */
  close(): Promise<void>;
}

export function createClient(options: ClientOptions): Client;
