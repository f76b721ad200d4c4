#!/bin/sh
# 在没有网络的服务器上安装风采：sh install.sh [安装目录]（默认 /opt/fengcai）
# 只用本目录里的包；可重复运行，用来升级。数据不在安装目录里，不会被改动。
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
target=${1:-/opt/fengcai}
python=
# 包里的二进制只配一个 Python 版本。
wanted=$(cat "$here/python-version")

for candidate in "python$wanted" python3; do
    found=$(command -v "$candidate" || true)
    [ -n "$found" ] || continue
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$version" = "$wanted" ]; then
        python=$found
        break
    fi
done
if [ -z "$python" ]; then
    echo "✗ 这个安装包需要 Python $wanted，本机没有。请先安装它，或用 Python 版本相同的机器重新打包。" >&2
    exit 1
fi

if ! "$python" -m venv "$target"; then
    echo "✗ 不能在 $target 建立环境。检查目录权限；Debian 上还需要软件包 python$wanted-venv。" >&2
    exit 1
fi
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
    --find-links "$here/wheels" --require-hashes -r "$here/base.txt"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
    --force-reinstall "$here"/wheels/fengcai-*.whl

echo "已安装到 $target。接下来："
echo "  1. 选数据目录，例如 export FENGCAI_DATA=/var/lib/fengcai"
echo "  2. $target/bin/fengcai init"
echo "  3. $target/bin/fengcai serve"
