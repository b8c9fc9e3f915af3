import type { Phrases } from './phrases.ts'

/**
 * What is said to whoever registers, asks for authorization, or for a token: lower case, `camelCase` and `snake_case` as words (`phrases.ts` has the notation). AADSTS and IDX codes are
 * Microsoft's, for Entra and for ASP.NET.
 */
export const ofLogins = {
  'client-unknown': {
    says: [
      'unknown|unrecognized|unrecognised|unregistered|nonexistent oauth? o? auth? client|application|app',
      'client|application|app id? … not|isnt|wasnt found|known|registered|recognized|recognised|exist|exists',
      'client|application|app id? … does|doesnt|did|didnt not? exist',
      'client|application|app id? is|was|has? been? unknown|invalid|deleted|unrecognized|unregistered',
      'client|application id? url? … is unknown|invalid',
      'no|none such? registered? matching? client|application|app … found|exists|registered|known|id',
      'no such client|application|app',
      'no client with|for|named|found|registered|information',
      'invalid client|application|app id|identifier|$',
      'invalid client_id',
      'client|application … deleted|disabled|suspended',
      'could|couldnt|cannot|failed|unable not? to? find|lookup|load|resolve the? client|application',
      'must register',
      'aadsts700016|aadsts70001|aadsts7000112|aadsts50059',
    ],
    not: [
      'secret|assertion|credentials|scope|certificate|audience',
      'redirect|redirection|reply|callback … not|isnt|doesnt|invalid|match',
      'application|app … permission|access|approved|authorized|verified',
      'grant|response type',
      '^ invalid client $',
    ],
  },
  'redirect-uri': {
    names: [
      'redirect|redirection|reply|callback uri|uris|url|urls|address|addresses',
      'redirect mismatch',
      'aadsts50011|aadsts500112|aadsts900971|aadsts500113|aadsts50012345',
    ],
  },
  /** The parameter that ties the answer to the request, in what refuses the request. */
  state: {
    says: [
      'missing|no|invalid|empty|bad|short|insufficient state',
      'state parameter? … missing|required|invalid|empty|short|entropy',
      'state parameter? … must be|have|contain',
      'invalid|missing value|parameter … state',
      'entropy … state',
      '^ state $',
    ],
    not: ['session|login|user|wrong|error state', 'state of'],
  },
  pkce: {
    names: [
      'pkce',
      'code verifier|challenge',
      'codeverifier|codechallenge',
      'verifier … match|invalid|mismatch|required|missing|incorrect',
      'proof key for code',
      'aadsts501481|aadsts9002325|aadsts50148|aadsts501491',
    ],
  },
  secret: {
    says: [
      'client|app|application secret|secrets',
      'client authentication',
      'client credential|credentials … invalid|wrong|incorrect|failed|missing|required|bad|not|expired',
      'invalid|bad|wrong|incorrect|missing|no|incomplete client credential|credentials|password',
      'bad client credentials',
      'client|token endpoint auth|authentication method',
      'auth|authentication method … not|isnt|unsupported|allowed|mismatch|invalid',
      'client assertion',
      'assertion … expired|invalid|signature|signed',
      'client … not|cannot|isnt authenticated|authenticate',
      'failed to authenticate client',
      'confidential client',
      'public client|clients',
      'invalid client … secret|credentials',
      'aadsts7000215|aadsts7000218|aadsts7000222|aadsts700027|aadsts700025|aadsts50012|aadsts700024|aadsts700021|aadsts700023',
    ],
    not: ['audience|aud', 'redirect|redirection uri|url'],
  },
  code: {
    says: [
      'authorization|authorisation|auth|verification|oauth|grant|access code … expired|invalid|used|redeemed|consumed|incorrect|revoked|unknown|exchanged|malformed',
      'authorization|authorisation|auth|verification|oauth|grant code … not|isnt|doesnt|does found|valid|exist|issued|match|recognized|belong|not',
      'invalid|expired|unknown|bad|incorrect|wrong|used|stale|malformed authorization|authorisation|auth|verification|oauth|grant code',
      'invalid code',
      'code passed|provided|supplied|sent is|was incorrect|invalid|expired|wrong',
      'code … already|previously been? used|redeemed|consumed|exchanged|expired',
      'code has|is|was? been? expired|used|redeemed|consumed|invalid|incorrect|revoked',
      'code … not|isnt|wasnt found|valid|issued|recognized',
      'no … authorization|auth code … found',
      'aadsts54005|aadsts70008|aadsts70000',
    ],
    not: [
      'code verifier|challenge',
      'device|status|error|response|country|zip|http|exit|promo|coupon code',
    ],
  },
  'refresh-token': {
    says: [
      'refresh token|tokens … expired|invalid|revoked|used|reuse|reused|unknown|inactive|rotated|malformed|consumed|replayed|missing|incorrect',
      'refresh token|tokens … not|isnt|wasnt|doesnt|does found|valid|active|exist|issued|recognized|match|not',
      'invalid|expired|unknown|revoked|stale|used|bad|missing|inactive refresh token',
      'unknown or invalid refresh token',
      'refresh token reuse',
      'no … refresh token',
      'token has been expired or revoked',
      'token … revoked',
      'maximum allowed refresh',
      'stale token',
      'session not active',
      'reuse detected',
      'aadsts700082|aadsts700084|aadsts50173|aadsts70043|aadsts50089|aadsts50132|aadsts500133',
    ],
    not: ['access token', 'jwt'],
  },
  resource: {
    names: [
      'resource indicator|indicators|parameter|request',
      'parameter resource',
      'invalid target',
      'aadsts9010010|aadsts901002|aadsts500011',
    ],
    says: ['^ resource $'],
  },
  /** The parameter where an OAuth error says it; elsewhere it may be a document that is not there. */
  'resource-or-document': {
    says: [
      'invalid|unexpected|unknown|unrecognized|unsupported|requested resource',
      'not a valid resource',
      'resource is|was not',
      'resource not',
      'resource isnt|wasnt',
      'service not found',
    ],
  },
  consent: {
    names: [
      'consent required|needed|declined|denied|missing|not|has|must|is',
      'admin|administrator|administrative consent|approval',
      'aadsts65001|aadsts65004|aadsts90094|aadsts900941|aadsts90008|aadsts650052|aadsts90095|aadsts50105',
      'admin policy enforced',
      'org|organization|enterprise … o? oauth? auth? app access restrictions',
    ],
    says: [
      'approval is? required|needed',
      'need|needs|require|requires|required|requiring|must|awaiting|pending admin|administrator? consent|approval',
      'need|needs|requires|must be? approved|approval',
      'not|hasnt|havent consented',
      'not|isnt been? approved … admin|administrator|organization|organisation|owner',
      'contact|ask your? admin|administrator',
      'access blocked',
      'app|application … blocked',
      'admin|administrator|organization|organisation|policy … has? blocked|blocks|restricts|restricted',
      'blocked|restricted by your? admin|administrator|organization|organisation|policy',
      'access … requires approval',
    ],
  },
  /** A rule of the organization stands against it: who may use what, from where. */
  policy: {
    names: [
      'policy|policies',
      'conditional access',
      'aadsts50105|aadsts53000|aadsts53001|aadsts53002|aadsts53003|aadsts53004|aadsts530003|aadsts50020|aadsts90072|aadsts50057|aadsts7000112|aadsts51004',
    ],
    says: [
      'user|users|account|accounts|you|email|tenant|domain|organization|organisation|workspace|group … not|isnt|arent|wasnt|cannot|never been? be? assigned|allowed|permitted|authorized|authorised|entitled|licensed|provisioned|eligible|enabled|whitelisted',
      'user|account|you|email … not|isnt|arent a? member|part',
      'user|account|you|email … not|doesnt|dont belong',
      'user|users|account|you … not|doesnt|dont have access',
      'not authorized|authorised|allowed|permitted|entitled to|for use|access|sign|log|this|the|your app|application|service|organization|organisation|$',
      'user|account|you|domain|tenant|organization|organisation … is|are|was|been blocked|restricted|disabled|suspended|locked|unauthorized|unauthorised|disallowed',
      'unauthorized|unauthorised|disallowed|blocked|disabled user|users|account|domain|tenant|organization|organisation',
      'not|isnt been? assigned to',
      'must|needs|need to? be assigned',
      'assignment is? required',
    ],
    not: ['cors|privacy|cookie|referrer|content policy|security', 'domain|subscription expired'],
  },
  /** What kind of client it is registered as stands against it. */
  'client-kind': {
    names: [
      'cross origin token redemption',
      'single page application client type',
      'aadsts9002326|aadsts9002327',
    ],
    says: [
      'client|application|app type … not|isnt allowed|permitted|supported|authorized',
      'invalid|wrong|unsupported client|application|app type',
    ],
  },
  /** A person said no. */
  declined: {
    says: [
      'user|owner|person|customer|you … denied|declined|refused|rejected|cancelled|canceled|aborted|dismissed',
      'denied|declined|refused|rejected|cancelled|canceled|aborted by a|the|an? resource|end? user|owner|person',
      'user|owner|person|you … not|didnt authorize|authorise|approve|agree|accept|grant|consent|consented',
      'consent|consents … declined|denied|refused|rejected',
      'login|signin|authentication|authorization|interaction is|was? been? cancelled|canceled|aborted',
      'owner or authorization server denied',
      'aadsts65004',
    ],
    not: ['user|account|you is|was|were|are denied|refused|rejected'],
  },
} as const satisfies Readonly<Record<string, Phrases>>
