// Made from schema/wire by `python -m tools.wire`. Do not edit.

/** How this BooCode is set up. Paths are those of the machine that it runs on. */
export interface About {
  version: string;
  home: string;
  config_file: string;
  database: "embedded" | "own";
  url: string;
  facts: ConfigFact[];
}

export interface AgentCommandsUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "agent_commands_updated";
  agent: string;
  commands: CommandInfo[];
}

export interface AgentSession {
  chat_id: string;
  agent: string;
  status: "blocked" | "error" | "idle" | "working";
  has_session: boolean;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
  last_active_at: string | null;
  session_id: string | null;
  reason: string | null;
  quiet_since: string | null;
  commands: CommandInfo[] | null;
}

/** Those at work first, then those that were active last. */
export interface AgentSessionPage {
  items: AgentSession[];
}

export interface AgentSessionsQuery {
  limit?: number | null;
}

export interface AgentStatusUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "agent_status_updated";
  chat_id: string;
  agent: string;
  status: "blocked" | "error" | "idle" | "working";
  reason: string | null;
  quiet_since: string | null;
  session_id: string | null;
}

/** How much of one change; nothing said is all of it. */
export interface ApplyChoice {
  hunks?: number[] | null;
  dry_run?: boolean;
}

/** Which pending changes of a session; null = all of them. */
export interface ApplySelection {
  ids?: string[] | null;
  dry_run?: boolean;
}

export interface Cancelled {
  cancelled: boolean;
}

/** One exception of a chain. */
export interface Cause {
  relation: "cause" | "context" | "part" | "raised";
  depth: number;
  type: string;
  message: string;
  notes: string[];
  traceback: string;
}

export interface ChangesQuery {
  state?: "all" | "applied" | "failed" | "pending" | "rejected" | "rewound" | "superseded";
  limit?: number | null;
}

export interface Chat {
  id: string;
  session_id: string;
  title: string;
  created_at: string;
  last_seq: number;
}

/** A whole chat. `project` and `session` are their names. */
export interface ChatExport {
  version: 1;
  exported_at: string;
  project: string;
  session: string;
  chat: Chat;
  messages: Message[];
}

export interface ChatPage {
  items: Chat[];
  next: string | null;
}

export interface ChatRemoved {
  topic: string;
  seq: number;
  at: string;
  type: "chat_removed";
  id: string;
  session_id: string;
}

export interface ChatUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "chat_updated";
  chat: Chat;
}

export interface ChatsQuery {
  session_id?: string | null;
  after?: string | null;
  limit?: number | null;
}

/** The files of a session's worktree at one time. `message_id`: the assistant message before whose turn it was. */
export interface Checkpoint {
  id: string;
  session_id: string | null;
  chat_id: string | null;
  message_id: string | null;
  task_id: string | null;
  agent: string | null;
  kind: "manual" | "safety" | "turn";
  commit: string;
  ref: string;
  left_out: LeftOutFile[];
  created_at: string;
  title: string | null;
}

/** The worktree's files as they were before a turn, or before a restore, can be gone back to. */
export interface CheckpointCreated {
  topic: string;
  seq: number;
  at: string;
  type: "checkpoint_created";
  session_id: string;
  checkpoint: Checkpoint;
}

/** The files went back to a checkpoint, and with them the chat: some messages left it, others came back. */
export interface CheckpointRestored {
  topic: string;
  seq: number;
  at: string;
  type: "checkpoint_restored";
  session_id: string;
  checkpoint: Checkpoint;
  safety_id: string;
  hidden_messages: string[];
  shown_messages: string[];
}

export type ClientFrame = Subscribe | Unsubscribe | Ping;

export interface CommandInfo {
  name: string;
  description: string;
}

/** One setting of `config.toml` as it counts now. Secrets, commands and addresses of others are not among them. */
export interface ConfigFact {
  key: string;
  value: string | number | number | boolean;
  is_default: boolean;
}

export interface ConflictItem {
  path: string;
  reason: string;
}

export type ControlFrame = Subscribed | Unsubscribed | Resync | Pong | SocketError;

/** What one project, agent, model or day used; null = no agent said. */
export interface CostRow {
  key: string | null;
  tasks: number;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
}

export interface CostsQuery {
  group_by?: "agent" | "day" | "model" | "project";
}

export interface DeadLetter {
  at: string;
  sender: string | null;
  target: string;
  message_type: string;
  reason: string;
}

/** What a supervisor did about an exit. */
export interface Decision {
  verdict: "backing_off" | "escalated" | "left_stopped" | "removed" | "restarted" | "restarted_with_group" | "start_failed" | "start_refused" | "stopped_as_asked" | "supervisor_ends";
  words: string;
  supervisor: string;
  strategy: string;
  restart: "permanent" | "temporary" | "transient";
  max_restarts: number;
  period_s: number;
  delay_s: number | null;
  restart_at: string | null;
  restarts_counting: number | null;
  also_stopped: string[];
  also_started: string[];
}

export interface Diff {
  path: string;
  old_text: string | null;
  new_text: string;
}

export interface EventsQuery {
  since?: number;
  limit?: number | null;
}

export interface ExitInfo {
  kind: "crashed" | "killed" | "normal" | "shutdown";
  reason: string;
  at: string;
}

/** One end of one incarnation. */
export interface ExitReport {
  seq: number;
  at: string;
  incarnation: number;
  event: "exited" | "start_failed";
  kind: "crashed" | "killed" | "normal" | "shutdown";
  reason: string;
  uptime_s: number | null;
  causes: Cause[];
  decision: Decision | null;
  last_messages: LastMessage[];
  was_doing: string | null;
  turns: LostTurn[];
  is_detailed: boolean;
}

export interface ExportQuery {
  format?: "json" | "markdown";
}

/** The best matches first; `truncated`: there are more. */
export interface FilePage {
  items: FoundFile[];
  truncated: boolean;
}

export interface FilesQuery {
  query?: string;
  limit?: number | null;
}

/** A file or folder that can be named in a prompt; `path` is relative to the worktree, written as git shows it. */
export interface FoundFile {
  path: string;
  kind: "directory" | "file";
}

/** The restart budget of a supervisor: one restart more than `max_restarts` within `period_s`, and it ends. */
export interface Fuse {
  max_restarts: number;
  period_s: number;
  falls_out_at: string[];
}

/** Everything but `ok` is answered 503; `degraded`: the database is away. */
export interface Health {
  status: "degraded" | "ok" | "starting" | "stopping";
  version: string;
  uptime_s: number;
  database: "down" | "starting" | "up";
}

/** Something that waits for a person: a question of an agent, or a task that failed or is blocked. */
export interface InboxItem {
  id: string;
  kind: "blocked" | "failed" | "permission";
  task_id: string;
  project_id: string | null;
  session_id: string | null;
  chat_id: string | null;
  agent: string | null;
  title: string;
  detail: string | null;
  created_at: string;
  permission: Permission | null;
}

export interface InboxPage {
  items: InboxItem[];
  next: string | null;
}

/** A message as far as a report shows it. */
export interface LastMessage {
  type: string;
  text: string;
}

/** A file that a checkpoint does not hold. */
export interface LeftOutFile {
  path: string;
  reason: "nested repository" | "not a file" | "too large";
}

/** Something may have been missed while the database was away: whoever shows lists reads them again. */
export interface ListsChanged {
  topic: string;
  seq: number;
  at: string;
  type: "lists_changed";
}

/** A turn that was being run by what ended. */
export interface LostTurn {
  task_id: string;
  is_lost: boolean;
  chat_id: string | null;
  agent: string | null;
  state: string | null;
  error: string | null;
}

export interface MailboxInfo {
  depth: number;
  high_water: number;
  capacity: number;
  oldest_ms: number | null;
  lost: number;
  oldest_since: string | null;
}

export interface Message {
  id: string;
  chat_id: string;
  role: "assistant" | "user";
  status: "cancelled" | "complete" | "error" | "interrupted" | "streaming";
  agent: string | null;
  model: string | null;
  text: string;
  parts: Part[];
  created_at: string;
  error: string | null;
  task_id: string | null;
  client_id: string | null;
  queued: boolean;
  usage: Usage | null;
  labels: ToolLabel[];
}

/** The one terminal frame of a turn. */
export interface MessageComplete {
  topic: string;
  seq: number;
  at: string;
  type: "message_complete";
  message_id: string;
  status: "cancelled" | "complete" | "error" | "interrupted" | "streaming";
  model: string | null;
  error: string | null;
  cause: string | null;
  rung: "asked" | "before_start" | "given_up" | "killed" | null;
}

export interface MessageCreated {
  topic: string;
  seq: number;
  at: string;
  type: "message_created";
  message: Message;
}

/** A piece of text; the deltas of one message give exactly its text and reasoning parts. */
export interface MessageDelta {
  topic: string;
  seq: number;
  at: string;
  type: "message_delta";
  message_id: string;
  kind: "reasoning" | "text";
  text: string;
}

/** Oldest first; `next` is the cursor (`before`) of the page with older messages. */
export interface MessagePage {
  items: Message[];
  next: string | null;
}

/** A queued prompt was taken back: it is not in the chat any more. */
export interface MessageRemoved {
  topic: string;
  seq: number;
  at: string;
  type: "message_removed";
  message_id: string;
}

/** A queued prompt was edited: this is it now. */
export interface MessageUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "message_updated";
  message: Message;
}

export interface MessagesQuery {
  before?: string | null;
  limit?: number | null;
}

export interface Model {
  id: string;
  label: string;
  thinking: string[] | null;
}

export interface NewChat {
  session_id: string;
  title?: string | null;
  for_now?: boolean;
}

/** A checkpoint by a person's wish, after all that is in this chat now. */
export interface NewCheckpoint {
  chat_id: string;
}

export interface NewProject {
  path: string;
  name?: string | null;
}

export interface NewPrompt {
  text: string;
  agent: string;
  model?: string | null;
  mode?: string | null;
  thinking?: string | null;
  client_id?: string | null;
}

export interface NewSession {
  project_id: string;
  title?: string | null;
  for_now?: boolean;
}

export interface NewTask {
  project_id: string;
  input: string;
  agent?: string | null;
  model?: string | null;
  mode?: string | null;
  parent_task_id?: string | null;
}

export interface Node {
  path: string;
  name: string;
  kind: "supervisor" | "worker";
  type: string;
  state: "backing_off" | "blocked" | "busy" | "dead" | "idle" | "starting" | "stopping" | "suspended";
  strategy: string | null;
  incarnation: number;
  restarts: number;
  mailbox: MailboxInfo;
  handled: number;
  uptime_s: number;
  busy_s: number | null;
  process: ProcessInfo | null;
  last_exit: ExitInfo | null;
  restarts_in_window: number | null;
  next_restart_in_s: number | null;
  waits_for: string | null;
  is_responsive: boolean;
  last_error: string | null;
  fuse: Fuse | null;
  restart: "permanent" | "temporary" | "transient" | null;
  started_at: string | null;
  busy_since: string | null;
  next_restart_at: string | null;
  subject: Subject | null;
  children: Node[];
}

export interface NoticeFrame {
  topic: string;
  seq: number;
  at: string;
  type: "notice";
  message_id: string | null;
  text: string;
}

/** A living child process of ours, whatever actor owns it. */
export interface OwnedProcess {
  pid: number;
  pgid: number;
  label: string;
  command: string;
  started_at: string;
  rss: number | null;
}

/** One piece of a message. Which fields are set depends on `type`; the others are null. */
export interface Part {
  type: "notice" | "plan" | "reasoning" | "text" | "tool";
  text: string | null;
  tool_call_id: string | null;
  title: string | null;
  kind: string | null;
  status: "completed" | "failed" | "pending" | "running" | null;
  input: Record<string, unknown> | null;
  output: string | null;
  locations: string[] | null;
  diff: Diff | null;
  entries: PlanItem[] | null;
  permission: string | null;
}

export interface PendingChange {
  id: string;
  session_id: string;
  path: string;
  old_path: string | null;
  op: "chmod" | "create" | "delete" | "edit" | "rename";
  agent: string | null;
  state: "applied" | "failed" | "pending" | "rejected" | "rewound" | "superseded";
  diff: string;
  binary: boolean;
  additions: number;
  deletions: number;
  task_id: string | null;
  created_at: string | null;
  error: string | null;
  message_id: string | null;
  tier: "canon" | "exact" | "fuzzy" | "trim" | null;
  score: number | null;
  base_changed: boolean;
}

export interface PendingChangesUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "pending_changes_updated";
  session_id: string;
  pending: number;
}

/** A question of an agent to a person; `outcome` is null while it is open. */
export interface Permission {
  id: string;
  chat_id: string;
  task_id: string;
  title: string;
  tool: Part;
  options: PermissionOption[];
  expires_at: string;
  created_at: string;
  outcome: string | null;
  answered_by: "deadline" | "person" | "policy" | null;
}

export interface PermissionAnswer {
  option_id: string;
}

export interface PermissionOption {
  id: string;
  label: string;
  kind: string;
}

export interface PermissionPage {
  items: Permission[];
}

export interface PermissionRequested {
  topic: string;
  seq: number;
  at: string;
  type: "permission_requested";
  id: string;
  chat_id: string;
  task_id: string;
  title: string;
  tool: Part;
  options: PermissionOption[];
  expires_at: string;
}

export interface PermissionResolved {
  topic: string;
  seq: number;
  at: string;
  type: "permission_resolved";
  id: string;
  chat_id: string;
  task_id: string;
  outcome: string;
  answered_by: "deadline" | "person" | "policy" | null;
  title: string | null;
  tool_call_id: string | null;
}

/** Open questions, of one chat or of all. */
export interface PermissionsQuery {
  chat_id?: string | null;
}

export interface Ping {
  type: "ping";
}

export interface PlanItem {
  content: string;
  status: string;
  priority: string;
}

export interface PlanUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "plan_updated";
  message_id: string;
  entries: PlanItem[];
}

export interface Pong {
  type: "pong";
}

export interface Posted {
  message: Message;
  task: Task;
}

/** An error as `application/problem+json`. `code` is stable, `detail` says what was asked, what was found and what to do. */
export interface Problem {
  code: string;
  title: string;
  detail: string;
  status: number;
  field: string | null;
  conflicts: ConflictItem[] | null;
  outcome: string | null;
  answered_by: "deadline" | "person" | "policy" | null;
}

export interface ProcessInfo {
  pid: number;
  rss: number | null;
}

export interface Project {
  id: string;
  name: string;
  path: string;
  created_at: string;
  permission_policy: "allow_reads" | "allow_worktree" | "ask";
}

/** What is left out stays as it is. */
export interface ProjectChange {
  name?: string | null;
  permission_policy?: "allow_reads" | "allow_worktree" | "ask" | null;
}

export interface ProjectPage {
  items: Project[];
  next: string | null;
}

/** Its sessions and chats have frames of their own, before or after. */
export interface ProjectRemoved {
  topic: string;
  seq: number;
  at: string;
  type: "project_removed";
  id: string;
}

/** A project came, or is not as it was. This and the following: the topic is `user`, each says how a thing is now and may come more than once. */
export interface ProjectUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "project_updated";
  project: Project;
}

export interface PromptEdit {
  text: string;
}

export interface Provider {
  id: string;
  label: string;
  installed: boolean;
  version: string | null;
  transport: string;
  models: Model[];
  modes: string[];
  commands: CommandInfo[];
  error: string | null;
  thinking: string[];
  default_model: string | null;
  default_mode: string | null;
}

/** Something else is known of an agent than before; the topic is `user`. */
export interface ProviderUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "provider_updated";
  provider: Provider;
}

export interface RejectChoice {
  hunks?: number[] | null;
}

export interface Rename {
  title: string;
  for_now?: boolean;
}

/** What going back to a checkpoint does, or did. Lists of paths are in git's order. */
export interface RestorePreview {
  checkpoint: Checkpoint;
  written: string[];
  deleted: string[];
  kept: LeftOutFile[];
  kept_ignored: string[];
  head_moved: number | null;
  hidden_messages: string[];
  shown_messages: string[];
  safety: Checkpoint | null;
}

/** The client was too slow. A durable topic continues from the log without a gap; of another topic frames up to `last_seq` were left out and what they told must be fetched. */
export interface Resync {
  type: "resync";
  topic: string;
  last_seq: number;
}

export interface RewindChoice {
  dry_run?: boolean;
}

export interface Session {
  id: string;
  project_id: string;
  title: string;
  created_at: string;
  chats: Chat[];
}

export interface SessionPage {
  items: Session[];
  next: string | null;
}

/** Its chats have frames of their own, before or after. */
export interface SessionRemoved {
  topic: string;
  seq: number;
  at: string;
  type: "session_removed";
  id: string;
  project_id: string;
}

/** With its chats, as they are now. */
export interface SessionUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "session_updated";
  session: Session;
}

export interface SessionsQuery {
  project_id?: string | null;
  after?: string | null;
  limit?: number | null;
}

/** What is left out stays as it is; null is a value. */
export interface SettingsChange {
  theme?: "dark" | "light" | "system";
  diff_view?: "side_by_side" | "unified";
  send_key?: "enter" | "mod_enter";
  notifications?: boolean;
  show_reasoning?: boolean;
  default_agent?: string | null;
}

export interface SettingsUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "settings_updated";
  settings: UiSettings;
}

/** A client frame that cannot be followed; it never closes the socket by itself. */
export interface SocketError {
  type: "error";
  code: string;
  detail: string;
  topic: string | null;
}

/** Whom an actor works for, as far as its place in the tree tells. */
export interface Subject {
  agent: string | null;
  chat_id: string | null;
  task_id: string | null;
}

/** `since` = "I have everything up to it"; without it only what comes from now on is sent. */
export interface Subscribe {
  type: "subscribe";
  topic: string;
  since?: number | null;
}

/** Sent before any frame of the topic. */
export interface Subscribed {
  type: "subscribed";
  topic: string;
  last_seq: number;
}

export interface Supervision {
  root: Node;
  owned_processes: OwnedProcess[];
  dead_letters: number;
  recent_dead_letters: DeadLetter[];
  loop_lag_ms: number;
  pool: WarmPool | null;
  seq: number;
  at: string;
}

/** Something happened to an actor. `node` is the actor as it is now, without its children. */
export interface SupervisionEvent {
  topic: string;
  seq: number;
  at: string;
  type: "supervision_event";
  path: string;
  event: "backing_off" | "escalated" | "evicted" | "exited" | "reaped" | "restarted" | "resumed" | "start_failed" | "started" | "suspended";
  reason: string | null;
  incarnation: number;
  node: Node | null;
  exit_kind: "crashed" | "killed" | "normal" | "shutdown" | null;
  duration_s: number | null;
  due_in_s: number | null;
  decision: Decision | null;
  is_notable: boolean;
  subject: Subject | null;
}

export interface SupervisionEventsQuery {
  after?: number;
  limit?: number | null;
  before?: number | null;
  newest_first?: boolean;
  notable?: boolean;
  path?: string | null;
}

/** What looks different in the tree than in the sample before. Only while somebody follows the topic. */
export interface SupervisionSample {
  topic: string;
  seq: number;
  at: string;
  type: "supervision_sample";
  since: number;
  nodes: Node[];
  gone: string[];
  loop_lag_ms: number;
  dead_letters: number;
  pool: WarmPool | null;
}

export interface Task {
  id: string;
  project_id: string;
  session_id: string | null;
  chat_id: string | null;
  parent_task_id: string | null;
  arena_id: string | null;
  state: "blocked" | "cancelled" | "completed" | "failed" | "pending" | "running";
  agent: string;
  model: string | null;
  input: string;
  output_summary: string | null;
  error: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  mode: string | null;
  message_id: string | null;
}

export interface TaskPage {
  items: Task[];
  next: string | null;
}

/** The topic is `user`, where every window hears of every task: of its long texts only the beginning is told. */
export interface TaskUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "task_updated";
  task: Task;
}

export interface TasksQuery {
  state?: "blocked" | "cancelled" | "completed" | "failed" | "pending" | "running" | null;
  project_id?: string | null;
  after?: string | null;
  limit?: number | null;
  parent_task_id?: string | null;
}

export interface ToolCallFrame {
  topic: string;
  seq: number;
  at: string;
  type: "tool_call";
  message_id: string;
  part: Part;
}

/** What a run of tool calls of one message did, in a line. It covers all parts from the first to the last of its calls. */
export interface ToolLabel {
  tool_call_ids: string[];
  text: string;
}

export interface ToolUpdateFrame {
  topic: string;
  seq: number;
  at: string;
  type: "tool_update";
  message_id: string;
  part: Part;
}

/** A run of tool calls has a label; it may come long after the turn, or never. */
export interface ToolsLabelled {
  topic: string;
  seq: number;
  at: string;
  type: "tools_labelled";
  message_id: string;
  label: ToolLabel;
}

/** Follows a person from browser to browser; what belongs to one browser (layout, drafts) is not here. */
export interface UiSettings {
  theme: "dark" | "light" | "system";
  diff_view: "side_by_side" | "unified";
  send_key: "enter" | "mod_enter";
  notifications: boolean;
  show_reasoning: boolean;
  default_agent: string | null;
}

export interface Unsubscribe {
  type: "unsubscribe";
  topic: string;
}

export interface Unsubscribed {
  type: "unsubscribed";
  topic: string;
}

/** What a turn used; null = the agent did not say. */
export interface Usage {
  input_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
}

export interface UsageUpdated {
  topic: string;
  seq: number;
  at: string;
  type: "usage_updated";
  message_id: string;
  input_tokens: number | null;
  output_tokens: number | null;
  cost: number | null;
}

/** One agent session that the pool keeps. */
export interface WarmAgent {
  chat_id: string;
  agent: string;
  state: "ending" | "starting" | "warm";
  leases: number;
  idle_s: number;
  path: string | null;
  idle_since: string | null;
  ends_at: string | null;
  eviction_rank: number | null;
}

/** Which agents are kept warm, and who goes first. */
export interface WarmPool {
  cap: number;
  idle_ttl_s: number;
  overshoot: number;
  evicted: number;
  next_evicted: string[];
  died_too_often: string[];
  agents: WarmAgent[];
}

/** One actor and its recent ends. */
export interface Why {
  path: string;
  node: Node | null;
  exits: ExitReport[];
}

/** A worktree as BooCode knows it, with or without its session. */
export interface Worktree {
  id: string;
  session_id: string | null;
  project_id: string | null;
  project_path: string;
  path: string;
  branch: string | null;
  created_at: string;
  orphaned_at: string | null;
  condemned_at: string | null;
  removed_at: string | null;
  kept_because: string | null;
  salvage_ref: string | null;
}

/** A session's worktree, and what would be at risk if it went: changed and untracked files, own commits. */
export interface WorktreeInfo {
  path: string;
  branch: string | null;
  base_commit: string;
  dirty: number;
  untracked: number;
  unpushed: number;
  pending: number;
  stashed: string | null;
}

export interface WorktreesQuery {
  removed?: boolean;
}

/** A frame of a topic. */
export type Frame =
  | MessageCreated
  | MessageUpdated
  | MessageRemoved
  | MessageDelta
  | ToolCallFrame
  | ToolUpdateFrame
  | PlanUpdated
  | UsageUpdated
  | NoticeFrame
  | ToolsLabelled
  | MessageComplete
  | AgentStatusUpdated
  | AgentCommandsUpdated
  | PermissionRequested
  | PermissionResolved
  | PendingChangesUpdated
  | CheckpointCreated
  | CheckpointRestored
  | TaskUpdated
  | ProviderUpdated
  | ProjectUpdated
  | ProjectRemoved
  | SessionUpdated
  | SessionRemoved
  | ChatUpdated
  | ChatRemoved
  | SettingsUpdated
  | ListsChanged
  | SupervisionEvent
  | SupervisionSample;
