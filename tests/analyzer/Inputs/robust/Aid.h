#pragma once
int aid();
