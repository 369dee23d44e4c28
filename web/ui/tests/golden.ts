// Made from schema/wire by `python -m tools.wire`. Do not edit.

import type { Frame } from "../src/wire/types";

export const golden: Frame[] = [
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "message_created",
    "at": "2026-01-01T00:00:00.000Z",
    "message": {
      "agent": "practice",
      "chat_id": "chat_1",
      "client_id": null,
      "created_at": "2026-01-01T00:00:00.000Z",
      "error": null,
      "id": "msg_1",
      "labels": [
        {
          "text": "Greet the world",
          "tool_call_ids": [
            "t1",
            "t2"
          ]
        }
      ],
      "model": null,
      "parts": [
        {
          "diff": null,
          "entries": null,
          "input": null,
          "kind": null,
          "locations": null,
          "output": null,
          "permission": null,
          "status": null,
          "text": "hi",
          "title": null,
          "tool_call_id": null,
          "type": "text"
        },
        {
          "diff": {
            "new_text": "print('hello')\n",
            "old_text": null,
            "path": "hello.py"
          },
          "entries": null,
          "input": {
            "path": "hello.py",
            "nested": [
              1,
              null,
              {
                "a": true
              }
            ]
          },
          "kind": "edit",
          "locations": [
            "hello.py"
          ],
          "output": "done",
          "permission": null,
          "status": "completed",
          "text": null,
          "title": "Edit hello.py",
          "tool_call_id": "t1",
          "type": "tool"
        }
      ],
      "queued": false,
      "role": "assistant",
      "status": "complete",
      "task_id": null,
      "text": "hi",
      "usage": {
        "cost": 0.25,
        "input_tokens": 12,
        "output_tokens": null
      }
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "message_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "message": {
      "agent": "practice",
      "chat_id": "chat_1",
      "client_id": null,
      "created_at": "2026-01-01T00:00:00.000Z",
      "error": null,
      "id": "msg_1",
      "labels": [
        {
          "text": "Greet the world",
          "tool_call_ids": [
            "t1",
            "t2"
          ]
        }
      ],
      "model": null,
      "parts": [
        {
          "diff": null,
          "entries": null,
          "input": null,
          "kind": null,
          "locations": null,
          "output": null,
          "permission": null,
          "status": null,
          "text": "hi",
          "title": null,
          "tool_call_id": null,
          "type": "text"
        },
        {
          "diff": {
            "new_text": "print('hello')\n",
            "old_text": null,
            "path": "hello.py"
          },
          "entries": null,
          "input": {
            "path": "hello.py",
            "nested": [
              1,
              null,
              {
                "a": true
              }
            ]
          },
          "kind": "edit",
          "locations": [
            "hello.py"
          ],
          "output": "done",
          "permission": null,
          "status": "completed",
          "text": null,
          "title": "Edit hello.py",
          "tool_call_id": "t1",
          "type": "tool"
        }
      ],
      "queued": false,
      "role": "assistant",
      "status": "complete",
      "task_id": null,
      "text": "hi",
      "usage": {
        "cost": 0.25,
        "input_tokens": 12,
        "output_tokens": null
      }
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "message_removed",
    "at": "2026-01-01T00:00:00.000Z",
    "message_id": "msg_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "message_delta",
    "at": "2026-01-01T00:00:00.000Z",
    "kind": "reasoning",
    "message_id": "msg_1",
    "text": "quotes \" and   and 🎉"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "tool_call",
    "at": "2026-01-01T00:00:00.000Z",
    "message_id": "msg_1",
    "part": {
      "diff": {
        "new_text": "print('hello')\n",
        "old_text": null,
        "path": "hello.py"
      },
      "entries": null,
      "input": {
        "path": "hello.py",
        "nested": [
          1,
          null,
          {
            "a": true
          }
        ]
      },
      "kind": "edit",
      "locations": [
        "hello.py"
      ],
      "output": "done",
      "permission": null,
      "status": "completed",
      "text": null,
      "title": "Edit hello.py",
      "tool_call_id": "t1",
      "type": "tool"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "tool_update",
    "at": "2026-01-01T00:00:00.000Z",
    "message_id": "msg_1",
    "part": {
      "diff": {
        "new_text": "print('hello')\n",
        "old_text": null,
        "path": "hello.py"
      },
      "entries": null,
      "input": {
        "path": "hello.py",
        "nested": [
          1,
          null,
          {
            "a": true
          }
        ]
      },
      "kind": "edit",
      "locations": [
        "hello.py"
      ],
      "output": "done",
      "permission": null,
      "status": "completed",
      "text": null,
      "title": "Edit hello.py",
      "tool_call_id": "t1",
      "type": "tool"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "plan_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "entries": [
      {
        "content": "look",
        "priority": "high",
        "status": "completed"
      }
    ],
    "message_id": "msg_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "usage_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "cost": null,
    "input_tokens": null,
    "message_id": "msg_1",
    "output_tokens": 5
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "notice",
    "at": "2026-01-01T00:00:00.000Z",
    "message_id": null,
    "text": "careful"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "tools_labelled",
    "at": "2026-01-01T00:00:00.000Z",
    "label": {
      "text": "Greet the world",
      "tool_call_ids": [
        "t1",
        "t2"
      ]
    },
    "message_id": "msg_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "message_complete",
    "at": "2026-01-01T00:00:00.000Z",
    "cause": "agent_died",
    "error": "it broke",
    "message_id": "msg_1",
    "model": null,
    "rung": null,
    "status": "error"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "agent_status_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "agent": "practice",
    "chat_id": "chat_1",
    "quiet_since": null,
    "reason": null,
    "session_id": null,
    "status": "working"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "agent_commands_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "agent": "practice",
    "commands": [
      {
        "description": "Make a plan",
        "name": "plan"
      }
    ]
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "permission_requested",
    "at": "2026-01-01T00:00:00.000Z",
    "chat_id": "chat_1",
    "expires_at": "2026-01-01T00:00:00.000Z",
    "id": "perm_1",
    "options": [
      {
        "id": "a",
        "kind": "allow_once",
        "label": "Allow once"
      },
      {
        "id": "r",
        "kind": "reject_once",
        "label": "Reject"
      }
    ],
    "task_id": "task_1",
    "title": "Run make?",
    "tool": {
      "diff": {
        "new_text": "print('hello')\n",
        "old_text": null,
        "path": "hello.py"
      },
      "entries": null,
      "input": {
        "path": "hello.py",
        "nested": [
          1,
          null,
          {
            "a": true
          }
        ]
      },
      "kind": "edit",
      "locations": [
        "hello.py"
      ],
      "output": "done",
      "permission": null,
      "status": "completed",
      "text": null,
      "title": "Edit hello.py",
      "tool_call_id": "t1",
      "type": "tool"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "permission_resolved",
    "at": "2026-01-01T00:00:00.000Z",
    "answered_by": "policy",
    "chat_id": "chat_1",
    "id": "perm_1",
    "outcome": "selected:a",
    "task_id": "task_1",
    "title": "Run make?",
    "tool_call_id": "t1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "pending_changes_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "pending": 3,
    "session_id": "sess_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "checkpoint_created",
    "at": "2026-01-01T00:00:00.000Z",
    "checkpoint": {
      "agent": "practice",
      "chat_id": "chat_1",
      "commit": "1111111111111111111111111111111111111111",
      "created_at": "2026-01-01T00:00:00.000Z",
      "id": "cp_1",
      "kind": "turn",
      "left_out": [
        {
          "path": "big.bin",
          "reason": "too large"
        }
      ],
      "message_id": "msg_1",
      "ref": "refs/boocode/checkpoints/chat_1/1",
      "session_id": "sess_1",
      "task_id": null,
      "title": null
    },
    "session_id": "sess_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "checkpoint_restored",
    "at": "2026-01-01T00:00:00.000Z",
    "checkpoint": {
      "agent": "practice",
      "chat_id": "chat_1",
      "commit": "1111111111111111111111111111111111111111",
      "created_at": "2026-01-01T00:00:00.000Z",
      "id": "cp_1",
      "kind": "turn",
      "left_out": [
        {
          "path": "big.bin",
          "reason": "too large"
        }
      ],
      "message_id": "msg_1",
      "ref": "refs/boocode/checkpoints/chat_1/1",
      "session_id": "sess_1",
      "task_id": null,
      "title": null
    },
    "hidden_messages": [
      "msg_1"
    ],
    "safety_id": "cp_2",
    "session_id": "sess_1",
    "shown_messages": []
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "task_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "task": {
      "agent": "practice",
      "arena_id": null,
      "chat_id": "chat_1",
      "cost": 0.25,
      "created_at": "2026-01-01T00:00:00.000Z",
      "ended_at": null,
      "error": null,
      "id": "task_1",
      "input": "hi",
      "input_tokens": 1,
      "message_id": null,
      "mode": null,
      "model": null,
      "output_summary": null,
      "output_tokens": null,
      "parent_task_id": null,
      "project_id": "proj_1",
      "session_id": "sess_1",
      "started_at": "2026-01-01T00:00:00.000Z",
      "state": "running"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "provider_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "provider": {
      "commands": [
        {
          "description": "",
          "name": "plan"
        }
      ],
      "default_mode": null,
      "default_model": null,
      "error": null,
      "id": "goose",
      "installed": true,
      "label": "Goose",
      "models": [
        {
          "id": "m",
          "label": "M",
          "thinking": null
        }
      ],
      "modes": [
        "auto"
      ],
      "thinking": [],
      "transport": "acp",
      "version": "1.34.0"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "project_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "project": {
      "created_at": "2026-01-01T00:00:00.000Z",
      "id": "proj_1",
      "name": "hello",
      "path": "/src/hello",
      "permission_policy": "ask"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "project_removed",
    "at": "2026-01-01T00:00:00.000Z",
    "id": "proj_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "session_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "session": {
      "chats": [
        {
          "created_at": "2026-01-01T00:00:00.000Z",
          "id": "chat_1",
          "last_seq": 7,
          "session_id": "sess_1",
          "title": "First"
        }
      ],
      "created_at": "2026-01-01T00:00:00.000Z",
      "id": "sess_1",
      "project_id": "proj_1",
      "title": "Fix it"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "session_removed",
    "at": "2026-01-01T00:00:00.000Z",
    "id": "sess_1",
    "project_id": "proj_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "chat_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "chat": {
      "created_at": "2026-01-01T00:00:00.000Z",
      "id": "chat_1",
      "last_seq": 7,
      "session_id": "sess_1",
      "title": "First"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "chat_removed",
    "at": "2026-01-01T00:00:00.000Z",
    "id": "chat_1",
    "session_id": "sess_1"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "settings_updated",
    "at": "2026-01-01T00:00:00.000Z",
    "settings": {
      "default_agent": "practice",
      "diff_view": "unified",
      "notifications": false,
      "send_key": "enter",
      "show_reasoning": false,
      "theme": "light"
    }
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "lists_changed",
    "at": "2026-01-01T00:00:00.000Z"
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "supervision_event",
    "at": "2026-01-01T00:00:00.000Z",
    "decision": {
      "also_started": [],
      "also_stopped": [],
      "delay_s": 0.42,
      "max_restarts": 3,
      "period_s": 5.0,
      "restart": "permanent",
      "restart_at": "2026-01-01T00:00:00.000Z",
      "restarts_counting": 2,
      "strategy": "one_for_one",
      "supervisor": "root",
      "verdict": "backing_off",
      "words": "It starts again in 0.42 s: restart 2 of at most 3 in 5 s."
    },
    "due_in_s": null,
    "duration_s": 12.5,
    "event": "exited",
    "exit_kind": "crashed",
    "incarnation": 1,
    "is_notable": true,
    "node": {
      "busy_s": null,
      "busy_since": null,
      "children": [],
      "fuse": null,
      "handled": 7,
      "incarnation": 1,
      "is_responsive": true,
      "kind": "worker",
      "last_error": null,
      "last_exit": {
        "at": "2026-01-01T00:00:00.000Z",
        "kind": "crashed",
        "reason": "KeyError: 'x'"
      },
      "mailbox": {
        "capacity": 100,
        "depth": 0,
        "high_water": 3,
        "lost": 0,
        "oldest_ms": null,
        "oldest_since": null
      },
      "name": "hub",
      "next_restart_at": null,
      "next_restart_in_s": null,
      "path": "root/hub",
      "process": {
        "pid": 12,
        "rss": null
      },
      "restart": null,
      "restarts": 0,
      "restarts_in_window": null,
      "started_at": null,
      "state": "idle",
      "strategy": null,
      "subject": null,
      "type": "Hub",
      "uptime_s": 1.5,
      "waits_for": null
    },
    "path": "root/hub",
    "reason": "crashed",
    "subject": null
  },
  {
    "topic": "chat:c",
    "seq": 7,
    "type": "supervision_sample",
    "at": "2026-01-01T00:00:00.000Z",
    "dead_letters": 3,
    "gone": [
      "root/surface/connections/c1"
    ],
    "loop_lag_ms": 0.5,
    "nodes": [
      {
        "busy_s": null,
        "busy_since": null,
        "children": [],
        "fuse": null,
        "handled": 7,
        "incarnation": 1,
        "is_responsive": true,
        "kind": "worker",
        "last_error": null,
        "last_exit": {
          "at": "2026-01-01T00:00:00.000Z",
          "kind": "crashed",
          "reason": "KeyError: 'x'"
        },
        "mailbox": {
          "capacity": 100,
          "depth": 0,
          "high_water": 3,
          "lost": 0,
          "oldest_ms": null,
          "oldest_since": null
        },
        "name": "hub",
        "next_restart_at": null,
        "next_restart_in_s": null,
        "path": "root/hub",
        "process": {
          "pid": 12,
          "rss": null
        },
        "restart": null,
        "restarts": 0,
        "restarts_in_window": null,
        "started_at": null,
        "state": "idle",
        "strategy": null,
        "subject": null,
        "type": "Hub",
        "uptime_s": 1.5,
        "waits_for": null
      }
    ],
    "pool": null,
    "since": 1
  }
];
