"""Projects: git repositories on this machine."""

import os.path

from boocode.contracts.answers import ProjectPage
from boocode.contracts.requests import NewProject, ProjectChange
from boocode.contracts.resources import Project
from boocode.ports.removal import RemoveProject
from web.deps import EdgeDeps
from web.problems import found, invalid
from web.routes.deleting import delete
from web.routes.titles import title
from web.routing import Call, Route


async def list_projects(deps: EdgeDeps, _: Call[None, None]) -> ProjectPage:
    return ProjectPage(await deps.store.list_projects())


async def add_project(deps: EdgeDeps, call: Call[NewProject, None]) -> Project:
    """A repository that is known already is answered as it is: adding twice is harmless."""
    path = _expanded(call.body.path.strip())
    if "\0" in path or not path.startswith("/"):
        raise invalid(
            "path", f"`path` must be absolute, such as /home/me/project; got {call.body.path[:200]!r}."
        )
    root = await deps.git.repository_root(path)
    name = title(call.body.name, os.path.basename(root) or root, "name")
    return await deps.store.add_project(root, name)


def _expanded(path: str) -> str:
    """`~` as in a shell; looks into no file system."""
    return os.path.expanduser(path)


async def get_project(deps: EdgeDeps, call: Call[None, None]) -> Project:
    return found(await deps.store.get_project(call["project_id"]), "project", call["project_id"])


async def change_project(deps: EdgeDeps, call: Call[ProjectChange, None]) -> Project:
    """A new policy counts from the next question on; open ones stay with the person."""
    body, project_id = call.body, call["project_id"]
    name = None if body.name is None else title(body.name, "", "name") or None
    if body.name is not None and name is None:
        raise invalid("name", "`name` is empty.")
    changed = await deps.store.change_project(project_id, name, body.permission_policy)
    return found(changed, "project", project_id)


async def remove_project(deps: EdgeDeps, call: Call[None, None]) -> None:
    await delete(deps, RemoveProject(call["project_id"]), "project", call["project_id"])


ROUTES = (
    Route("GET", "/api/projects", list_projects, "All projects", ProjectPage),
    Route(
        "POST",
        "/api/projects",
        add_project,
        "Register a git repository",
        Project,
        201,
        body=NewProject,
        errors=(422,),
    ),
    Route("GET", "/api/projects/{project_id}", get_project, "A project", Project, errors=(404,)),
    Route(
        "PATCH",
        "/api/projects/{project_id}",
        change_project,
        "Rename a project, or set what its agents may do without asking",
        Project,
        body=ProjectChange,
        errors=(404, 422),
    ),
    Route(
        "DELETE",
        "/api/projects/{project_id}",
        remove_project,
        "Forget a project and its sessions; the repository is not touched",
        None,
        204,
        errors=(404,),
    ),
)
